// SPDX-License-Identifier: Apache-2.0
// ioredis at work on a node. PORT, TOKEN, PROTOCOL (2 or 3).
import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { check, run, setting } from "./checks.mjs";

const options = {
  host: "127.0.0.1",
  port: Number(setting("PORT")),
  username: "default",
  password: setting("TOKEN"),
  protocol: Number(setting("PROTOCOL")),
  connectionName: "checks",
  db: 3,
  keyPrefix: `io${setting("PROTOCOL")}:`,
  retryStrategy: null,
};
const redis = new Redis(options);
const other = new Redis({ ...options, username: "default+linearizable" });

check("the ready check passes, with a name, a number and a level", async () => {
  assert.equal(await redis.ping(), "PONG");
  const self = await redis.client("INFO");
  assert.match(self, / name=checks /);
  assert.match(self, / db=3 /);
  assert.match(self, /level=session/);
  assert.match(self, /lib-name=ioredis/);
  assert.match(await other.client("INFO"), /level=linearizable/);
});

check("strings", async () => {
  assert.equal(await redis.set("s", "v"), "OK");
  assert.equal(await redis.get("s"), "v");
  assert.equal(await redis.set("s", "w", "NX"), null);
  assert.equal(await redis.set("s", "w", "PX", 60000, "XX", "GET"), "v");
  assert.ok((await redis.pttl("s")) > 0);
  assert.equal(await redis.incrby("n", 41), 41);
  assert.equal(await redis.incr("n"), 42);
  assert.equal(await redis.incrbyfloat("f", 1.5), "1.5");
  assert.equal(await redis.append("s", "x"), 2);
  assert.deepEqual(await redis.mget("s", "none", "n"), ["wx", null, "42"]);
  const bytes = Buffer.from([0, 255, 13, 10, 128]);
  await redis.set("bytes", bytes);
  assert.deepEqual(await redis.getBuffer("bytes"), bytes);
});

check("hashes", async () => {
  assert.equal(await redis.hset("h", { one: 1, two: "zwei" }), 2);
  assert.deepEqual(await redis.hgetall("h"), { one: "1", two: "zwei" });
  assert.equal(await redis.hincrby("h", "one", 9), 10);
  assert.deepEqual(await redis.hmget("h", "one", "three"), ["10", null]);
  assert.deepEqual(await redis.hgetall("nothing"), {});
  assert.equal(await redis.hdel("h", "one", "two"), 2);
  assert.equal(await redis.exists("h"), 0);
});

check("lists", async () => {
  assert.equal(await redis.rpush("l", ..."abcdef"), 6);
  assert.equal(await redis.lpop("l"), "a");
  assert.deepEqual(await redis.lpop("l", 2), ["b", "c"]);
  assert.deepEqual(await redis.lrange("l", 0, -1), ["d", "e", "f"]);
  assert.equal(await redis.lmove("l", "m", "RIGHT", "LEFT"), "f");
  assert.deepEqual(await redis.lrange("m", 0, -1), ["f"]);
});

check("a key ends", async () => {
  await redis.set("short", "v", "PX", 30);
  while ((await redis.exists("short")) === 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(await redis.get("short"), null);
  assert.equal(await redis.ttl("short"), -2);
});

check("a pipeline sees its own writes, in order", async () => {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 500; i++) {
    pipeline.set(`p${i}`, i).get(`p${i}`);
  }
  const replies = await pipeline.exec();
  assert.equal(replies.length, 1000);
  for (let i = 0; i < 500; i++) {
    assert.deepEqual(replies[2 * i], [null, "OK"]);
    assert.deepEqual(replies[2 * i + 1], [null, String(i)]);
  }
});

check("an error in a pipeline is that command's alone", async () => {
  const replies = await redis.pipeline().set("s", "v").lpush("s", "x").get("s").exec();
  assert.equal(replies[1][0].message, "WRONGTYPE Operation against a key holding the wrong kind of value");
  assert.equal(replies[2][1], "v");
});

check("a transaction", async () => {
  const replies = await redis.multi().set("t", 1).incr("t").get("t").hset("t2", "a", "b").exec();
  assert.deepEqual(replies, [
    [null, "OK"],
    [null, 2],
    [null, "2"],
    [null, 1],
  ]);
  await assert.rejects(redis.multi().set("t").get("t").exec(), /EXECABORT/);
});

check("a watched key that changes discards", async () => {
  await redis.watch("w");
  await other.set("w", "theirs");
  assert.equal(await redis.multi().set("w", "ours").exec(), null);
  assert.equal(await redis.get("w"), "theirs");
  await redis.watch("w");
  assert.deepEqual(await redis.multi().set("w", "ours").exec(), [[null, "OK"]]);
});

check("SCAN finds every key once or more", async () => {
  const seen = new Set();
  for await (const keys of redis.scanStream({ match: `${options.keyPrefix}p*`, count: 50 })) {
    keys.forEach((key) => seen.add(key));
  }
  assert.equal(seen.size, 500);
});

check("commands of one tick go out together", async () => {
  const auto = new Redis({ ...options, enableAutoPipelining: true });
  const replies = await Promise.all(Array.from({ length: 200 }, (_, i) => auto.incr(`auto${i % 10}`)));
  assert.deepEqual(replies.slice(190), Array(10).fill(20));
  auto.disconnect();
});

check("another number is another keyspace", async () => {
  await redis.select(4);
  assert.equal(await redis.get("s"), null);
  await redis.select(3);
  assert.equal(await redis.get("s"), "v");
});

check("what Redis has not is refused as Redis refuses it", async () => {
  await assert.rejects(redis.call("NOSUCH", "a", "b"), /ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b'/);
  await assert.rejects(redis.call("GET", "a", "b"), /ERR wrong number of arguments for 'get' command/);
});

check("a wrong token is refused", async () => {
  const wrong = new Redis({ ...options, password: "wrong", lazyConnect: true });
  const refusal = new Promise((resolve) => wrong.on("error", resolve));
  await assert.rejects(wrong.connect());
  // It sends AUTH together with other commands, and tells the first error that it looks at.
  assert.match((await refusal).message, /WRONGPASS|NOAUTH/);
  wrong.disconnect();
});

await run(async () => {
  redis.disconnect();
  other.disconnect();
});
