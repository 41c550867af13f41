// SPDX-License-Identifier: Apache-2.0
/**
 * What is compared: a region of Meridian from its distribution, Redis and etcd, as processes of this machine.
 *
 * <p>Each is ready when its start returns, and gone with all its data when it is closed. Start reading at
 * {@link io.meridian.bench.system.MeridianRegion}.
 */
@NullMarked
package io.meridian.bench.system;

import org.jspecify.annotations.NullMarked;
