// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.OK;

import io.meridian.engine.testing.RedisCli;
import org.junit.jupiter.api.Test;

class StringCommandsTest {
    private final RedisCli redis = new RedisCli();

    @Test
    void setThenGetGivesTheValue() {
        redis.run("GET k").isNil();
        redis.run("SET k v").is(OK);
        redis.run("GET k").is("v");
        redis.run("SET \"\\x00 k\" ''").is(OK);
        redis.run("GET \"\\x00 k\"").is("");
    }
}
