// SPDX-License-Identifier: Apache-2.0
/** Tests of the transport, most of them with real JRaft nodes in one process. */
@NullMarked
package io.meridian.store.transport;

import org.jspecify.annotations.NullMarked;
