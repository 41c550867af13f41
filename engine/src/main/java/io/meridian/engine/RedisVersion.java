// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

/** The Redis version whose commands Meridian answers to clients that ask (HELLO, INFO). */
public final class RedisVersion {
    public static final String COMPATIBLE = "7.4.0";

    private RedisVersion() {}
}
