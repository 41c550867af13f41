// SPDX-License-Identifier: Apache-2.0
/** Tests of the program and of one node. */
@NullMarked
package io.meridian.server;

import org.jspecify.annotations.NullMarked;
