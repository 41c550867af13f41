// SPDX-License-Identifier: Apache-2.0
/** Tests of RESP over real sockets, on a router over an engine without a log. */
@NullMarked
package io.meridian.resp;

import org.jspecify.annotations.NullMarked;
