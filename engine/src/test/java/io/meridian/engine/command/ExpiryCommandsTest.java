// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.OK;

import io.meridian.engine.Errors;
import io.meridian.engine.testing.RedisCli;
import org.junit.jupiter.api.Test;

class ExpiryCommandsTest {
    private final RedisCli redis = new RedisCli();

    @Test
    void aKeyEndsAtItsTimeAndNotBefore() {
        redis.run("SET k v").is(OK);
        redis.run("PEXPIRE k 10").is(1);

        redis.pass(9);
        redis.run("GET k").is("v");
        redis.run("PTTL k").is(1);
        redis.pass(1);
        redis.run("GET k").isNil();
        redis.run("TTL k").is(-2);
        redis.run("PERSIST k").is(0);
        redis.run("SETNX k w").is(1);
        redis.run("TTL k").is(-1);
    }

    @Test
    void everyFormTellsTheSameEnd() {
        redis.run("SET k v").is(OK);
        redis.run("EXPIRE k 100").is(1);
        redis.run("PEXPIRETIME k").is(2_000_000_100_000L);
        redis.run("EXPIREAT k 2000000200").is(1);
        redis.run("TTL k").is(200);
        redis.run("PEXPIREAT k 2000000000500").is(1);
        redis.run("TTL k").is(1);
        redis.run("EXPIRETIME k").is(2_000_000_001L);
        redis.run("PEXPIREAT k 2000000000499").is(1);
        redis.run("TTL k").is(0);
        redis.run("PERSIST k").is(1);
        redis.run("PERSIST k").is(0);
        redis.run("EXPIRETIME k").is(-1);
        redis.run("EXPIRETIME none").is(-2);
    }

    @Test
    void anEndInThePastRemovesTheKey() {
        redis.run("MSET a 1 b 1 c 1").is(OK);
        redis.run("EXPIRE a -1").is(1);
        redis.run("EXPIREAT b 0").is(1);
        redis.run("PEXPIREAT c 2000000000000").is(1);
        redis.run("DBSIZE").is(0);
        redis.run("EXPIRE a -1").is(0);
    }

    @Test
    void conditionsCompareWithTheEndThereIs() {
        redis.run("SET k v").is(OK);
        redis.run("EXPIRE k 100 XX").is(0);
        redis.run("EXPIRE k 100 GT").is(0);
        redis.run("EXPIRE k 100 NX").is(1);
        redis.run("EXPIRE k 200 NX").is(0);
        redis.run("EXPIRE k 100 GT").is(0);
        redis.run("EXPIRE k 100 LT").is(0);
        redis.run("EXPIRE k 101 GT xx").is(1);
        redis.run("EXPIRE k 99 LT").is(1);
        redis.run("PERSIST k").is(1);
        redis.run("EXPIRE k 100 LT").is(1);
        redis.run("EXPIRE k 100 NX XX").fails("ERR NX and XX, GT or LT options at the same time are not compatible");
        redis.run("EXPIRE k 100 GT LT").fails("ERR GT and LT options at the same time are not compatible");
        redis.run("EXPIRE k ten FOO").fails("ERR Unsupported option FOO");
    }

    @Test
    void timesThatCannotBeAreRefused() {
        redis.run("SET k v").is(OK);
        redis.run("EXPIRE k ten").failsWith(Errors.NOT_AN_INTEGER);
        redis.run("EXPIRE none 9223372036854775807").fails("ERR invalid expire time in 'expire' command");
        redis.run("EXPIRE k -9223372036854775808").fails("ERR invalid expire time in 'expire' command");
        redis.run("PEXPIRE k 9223372036854775807").fails("ERR invalid expire time in 'pexpire' command");
        redis.run("TTL k").is(-1);
        redis.run("PEXPIREAT k 9223372036854775807").is(1);
        redis.run("PEXPIRETIME k").is(Long.MAX_VALUE - 1);
    }
}
