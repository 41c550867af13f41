// SPDX-License-Identifier: Apache-2.0
/** Tests of HTTP over real sockets, on a router over an engine without a log. */
@NullMarked
package io.meridian.rest;

import org.jspecify.annotations.NullMarked;
