// SPDX-License-Identifier: Apache-2.0
// node-redis (npm redis) at work on a node. PORT, TOKEN, PROTOCOL (2 or 3).
import assert from "node:assert/strict";
import { createClient, createClientPool, WatchError } from "redis";
import { check, run, setting } from "./checks.mjs";

const protocol = Number(setting("PROTOCOL"));
const url = (user, number) =>
  `redis://${user}:${setting("TOKEN")}@127.0.0.1:${setting("PORT")}/${number}`;
const options = (user, number) => ({
  url: url(user, number),
  RESP: protocol,
  name: "checks",
  socket: { reconnectStrategy: false },
});
const redis = await createClient(options("default", 5)).connect();
const pool = await createClientPool(options("default+linearizable", 5)).connect();

check("the connection has what the URL says", async () => {
  assert.equal(await redis.ping(), "PONG");
  const self = await redis.sendCommand(["CLIENT", "INFO"]);
  assert.match(self, / name=checks /);
  assert.match(self, / db=5 /);
  assert.match(self, new RegExp(` resp=${protocol} `));
  assert.match(self, /lib-name=node-redis/);
  assert.match(await pool.sendCommand(["CLIENT", "INFO"]), /level=linearizable/);
});

check("strings", async () => {
  assert.equal(await redis.set("s", "v", { expiration: { type: "EX", value: 100 } }), "OK");
  assert.equal(await redis.get("s"), "v");
  assert.ok((await redis.ttl("s")) > 0);
  assert.equal(await redis.set("s", "w", { condition: "NX" }), null);
  assert.equal(await redis.getEx("s", { type: "PERSIST" }), "v");
  assert.equal(await redis.ttl("s"), -1);
  assert.equal(await redis.incrBy("n", 5), 5);
  assert.equal(await redis.decr("n"), 4);
  assert.deepEqual(await redis.mGet(["s", "none"]), ["v", null]);
  assert.equal(await redis.getDel("s"), "v");
  assert.equal(await redis.get("s"), null);
});

check("hashes", async () => {
  assert.equal(await redis.hSet("h", { a: "1", b: "2" }), 2);
  assert.deepEqual({ ...(await redis.hGetAll("h")) }, { a: "1", b: "2" });
  assert.equal(await redis.hIncrBy("h", "a", 2), 3);
  assert.deepEqual((await redis.hKeys("h")).sort(), ["a", "b"]);
  const seen = [];
  for await (const entries of redis.hScanIterator("h")) {
    seen.push(...[entries].flat().map((entry) => entry.field));
  }
  assert.deepEqual(seen.sort(), ["a", "b"]);
});

check("lists", async () => {
  assert.equal(await redis.rPush("l", ["a", "b", "c"]), 3);
  assert.deepEqual(await redis.lRange("l", 0, -1), ["a", "b", "c"]);
  assert.equal(await redis.lPos("l", "b"), 1);
  assert.equal(await redis.rPop("l"), "c");
});

check("a thousand commands of one tick", async () => {
  const replies = await Promise.all(
    Array.from({ length: 500 }, (_, i) => [redis.set(`p${i}`, `${i}`), redis.get(`p${i}`)]).flat(),
  );
  for (let i = 0; i < 500; i++) {
    assert.equal(replies[2 * i + 1], `${i}`);
  }
});

check("a transaction", async () => {
  assert.deepEqual(await redis.multi().set("t", "1").incr("t").get("t").exec(), ["OK", 2, "2"]);
});

check("a watched key that changes discards", async () => {
  await redis.set("w", "before");
  await assert.rejects(
    pool.execute(async (client) => {
      await client.watch("w");
      await redis.set("w", "theirs");
      await client.multi().set("w", "ours").exec();
    }),
    WatchError,
  );
  assert.equal(await redis.get("w"), "theirs");
});

check("counting with WATCH loses nothing", async () => {
  await redis.set("c", "0");
  const add = async () => {
    for (;;) {
      try {
        return await pool.execute(async (client) => {
          await client.watch("c");
          const seen = Number(await client.get("c"));
          return client.multi().set("c", `${seen + 1}`).exec();
        });
      } catch (error) {
        if (!(error instanceof WatchError)) {
          throw error;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: 20 }, add));
  // Of another session than those that counted: only a write is sure to see what they did.
  assert.equal(await redis.incrBy("c", 0), 20);
});

check("SCAN finds every key", async () => {
  const seen = new Set();
  for await (const keys of redis.scanIterator({ MATCH: "p*", COUNT: 20 })) {
    [keys].flat().forEach((key) => seen.add(key));
  }
  assert.equal(seen.size, 500);
});

check("errors are errors", async () => {
  await redis.set("s", "v");
  await assert.rejects(redis.lPush("s", "x"), /WRONGTYPE/);
  await assert.rejects(redis.sendCommand(["NOSUCH"]), /unknown command/);
});

check("session commands", async () => {
  const token = await redis.sendCommand(["MERIDIAN", "TOKEN"]);
  assert.match(token, /^[A-Za-z0-9_-]+$/);
  assert.equal(await pool.sendCommand(["MERIDIAN", "SYNC", token, "5000"]), "OK");
});

await run(async () => {
  await redis.close();
  await pool.close();
});
