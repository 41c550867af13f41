// SPDX-License-Identifier: Apache-2.0
// @upstash/redis on a node far from the data's home. HOME_URL, FAR_URL, TOKEN, READER_TOKEN.
import assert from "node:assert/strict";
import { Redis, errors } from "@upstash/redis";
import { check, run, setting } from "./checks.mjs";

const TURNS = 100;
const open = (more) => new Redis({ url: setting("FAR_URL"), token: setting("TOKEN"), enableTelemetry: false, ...more });
const home = open({ url: setting("HOME_URL") });
const pipelining = open({ enableAutoPipelining: true });
const single = open({ enableAutoPipelining: false });
const plain = open({ responseEncoding: false, enableAutoPipelining: false });

for (const [name, redis] of Object.entries({ pipelining, single, plain })) {
  const k = (key) => `${name}:${key}`;

  check(`${name}: what was written is read, every time, far from home`, async () => {
    for (let i = 0; i < TURNS; i++) {
      assert.equal(await redis.set(k("s"), `turn ${i}`), "OK");
      assert.equal(await redis.get(k("s")), `turn ${i}`);
    }
  });

  check(`${name}: counting, hashes, lists`, async () => {
    assert.equal(await redis.incrby(k("n"), 4), 4);
    assert.equal(await redis.get(k("n")), 4);
    assert.equal(await redis.incrbyfloat(k("f"), 0.5), 0.5);
    assert.equal(await redis.hset(k("h"), { a: "x", b: { deep: [1, "zwei", null] } }), 2);
    assert.deepEqual(await redis.hgetall(k("h")), { a: "x", b: { deep: [1, "zwei", null] } });
    assert.equal(await redis.hgetall(k("none")), null);
    assert.deepEqual(await redis.hmget(k("h"), "a", "z"), { a: "x", z: null });
    assert.equal(await redis.rpush(k("l"), "a", "b", "ü", "€"), 4);
    assert.deepEqual(await redis.lrange(k("l"), 0, -1), ["a", "b", "ü", "€"]);
    assert.deepEqual(await redis.lpop(k("l"), 2), ["a", "b"]);
    assert.deepEqual(await redis.mget(k("n"), k("none")), [4, null]);
  });

  check(`${name}: keys, types, expiry`, async () => {
    assert.equal(await redis.ping(), "PONG");
    assert.equal(await redis.echo("OK"), "OK");
    assert.equal(await redis.type(k("h")), "hash");
    assert.equal(await redis.type(k("none")), "none");
    assert.equal(await redis.set(k("e"), "v", { ex: 100, nx: true }), "OK");
    assert.equal(await redis.set(k("e"), "v", { nx: true }), null);
    assert.ok((await redis.ttl(k("e"))) > 90);
    assert.equal(await redis.persist(k("e")), 1);
    assert.equal(await redis.getdel(k("e")), "v");
    assert.equal(await redis.exists(k("e"), k("h")), 1);
    assert.equal(await redis.del(k("h"), k("none")), 1);
  });

  check(`${name}: pipelines`, async () => {
    const p = redis.pipeline();
    for (let i = 0; i < 50; i++) {
      p.set(k(`p${i}`), i).get(k(`p${i}`));
    }
    const replies = await p.exec();
    assert.equal(replies.length, 100);
    assert.equal(replies[99], 49);
    await assert.rejects(redis.pipeline().set(k("s"), "v").lpush(k("s"), 1).exec(), errors.UpstashError);
    const kept = await redis.pipeline().set(k("s"), "v").lpush(k("s"), 1).get(k("s")).exec({ keepErrors: true });
    assert.equal(kept[0].result, "OK");
    assert.match(kept[1].error, /WRONGTYPE/);
    assert.equal(kept[2].result, "v");
  });

  check(`${name}: transactions`, async () => {
    assert.deepEqual(await redis.multi().set(k("t"), 1).incr(k("t")).get(k("t")).exec(), ["OK", 2, 2]);
    assert.equal(await redis.get(k("t")), 2);
  });

  check(`${name}: errors`, async () => {
    await redis.set(k("s"), "v");
    await assert.rejects(redis.lpush(k("s"), 1), /WRONGTYPE/);
    await assert.rejects(redis.exec(["NOSUCH", "a"]), /NOSUCH/);
    await assert.rejects(redis.set("k".repeat(40_000), "v"), /max key size exceeded/);
  });

  check(`${name}: SCAN to its end`, async () => {
    const seen = new Set();
    let cursor = "0";
    do {
      const [next, keys] = await redis.scan(cursor, { match: k("p*"), count: 10 });
      keys.forEach((key) => seen.add(key));
      cursor = next;
    } while (cursor !== "0");
    assert.ok(seen.size >= 50);
  });

  check(`${name}: bytes that look like numbers or JSON come back`, async () => {
    for (const value of ["", "0x10", "1e400", "null", "{", "  x ", "\u0000\u0001", "😀"]) {
      await redis.set(k("odd"), value);
      assert.equal(String(await redis.get(k("odd"))), value);
    }
  });
}

check("many at a time, each sees its own", async () => {
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      for (let turn = 0; turn < 10; turn++) {
        await pipelining.set(`own:${i}`, turn);
        assert.equal(await pipelining.get(`own:${i}`), turn);
      }
    }),
  );
});

check("a token given at home holds far from it", async () => {
  const far = open({ enableAutoPipelining: false });
  for (let i = 0; i < TURNS; i++) {
    await home.set("handed", i);
    const token = home.client.upstashSyncToken;
    assert.match(token, /^[A-Za-z0-9_-]+$/);
    far.client.upstashSyncToken = token;
    assert.equal(await far.get("handed"), i);
  }
});

check("a reader may read only", async () => {
  const reader = open({ token: setting("READER_TOKEN"), enableAutoPipelining: false });
  assert.equal(typeof (await reader.exists("handed")), "number");
  await assert.rejects(reader.set("a", "b"), /NOPERM/);
  await assert.rejects(reader.scan("0"), /NOPERM/);
});

check("a wrong token is refused", async () => {
  await assert.rejects(open({ token: "wrong", enableAutoPipelining: false }).get("a"), /WRONGPASS/);
});

await run(async () => {});
