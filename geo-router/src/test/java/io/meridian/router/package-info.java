// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.meridian.router;

import org.jspecify.annotations.NullMarked;
