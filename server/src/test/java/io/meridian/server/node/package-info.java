// SPDX-License-Identifier: Apache-2.0
/** Tests of one node and its folder. */
@NullMarked
package io.meridian.server.node;

import org.jspecify.annotations.NullMarked;
