// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.meridian.router.forward;

import org.jspecify.annotations.NullMarked;
