// SPDX-License-Identifier: Apache-2.0
/**
 * A whole cluster of regions in one process, to try and to see.
 *
 * <p>Start reading at {@link io.meridian.server.demo.DemoCluster}.
 */
@NullMarked
package io.meridian.server.demo;

import org.jspecify.annotations.NullMarked;
