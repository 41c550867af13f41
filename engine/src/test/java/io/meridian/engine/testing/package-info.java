// SPDX-License-Identifier: Apache-2.0
/**
 * What tests of commands stand on: a session in the manner of redis-cli, and the comparison with a real Redis.
 *
 * <p>Start reading at {@link io.meridian.engine.testing.RedisCli}.
 */
@NullMarked
package io.meridian.engine.testing;

import org.jspecify.annotations.NullMarked;
