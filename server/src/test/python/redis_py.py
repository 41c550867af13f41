# SPDX-License-Identifier: Apache-2.0
"""Debian's python3-redis at work on a node. PORT, TOKEN."""

import os
import threading
import time

import redis


def connect(**more):
    options = dict(host="127.0.0.1", port=int(os.environ["PORT"]), username="default", password=os.environ["TOKEN"], db=6)
    return redis.Redis(**{**options, **more})


def strings(r):
    assert r.ping()
    assert r.set("s", "v", ex=100, nx=True) is True
    assert r.set("s", "v", nx=True) is None
    assert r.get("s") == b"v"
    assert 0 < r.ttl("s") <= 100
    assert r.incr("n", 3) == 3
    assert r.incrbyfloat("f", 1.25) == 1.25
    assert r.mset({"a": 1, "b": 2}) and r.mget("a", "b", "none") == [b"1", b"2", None]
    data = bytes(range(256)) * 1000
    assert r.set("data", data) and r.get("data") == data
    assert r.getrange("data", 256, 258) == b"\x00\x01\x02"


def hashes_and_lists(r):
    assert r.hset("h", mapping={"x": 1, "y": "zwei"}) == 2
    assert r.hgetall("h") == {b"x": b"1", b"y": b"zwei"}
    assert r.hincrby("h", "x", 4) == 5
    assert dict(r.hscan_iter("h")) == {b"x": b"5", b"y": b"zwei"}
    assert r.rpush("l", *range(10)) == 10
    assert r.lrange("l", -3, -1) == [b"7", b"8", b"9"]
    assert r.lpop("l", 2) == [b"0", b"1"]
    assert r.linsert("l", "BEFORE", "5", "x") == 9


def pipelines(r):
    with r.pipeline(transaction=False) as p:
        for i in range(300):
            p.set(f"p{i}", i).get(f"p{i}")
        replies = p.execute()
    assert replies[1::2] == [str(i).encode() for i in range(300)]
    with r.pipeline() as p:
        assert p.set("t", 1).incr("t").get("t").execute() == [True, 2, b"2"]


def watches(r):
    def add():
        mine = connect()
        for _ in range(10):
            mine.transaction(add_one, "w")
        mine.close()

    def add_one(transaction):
        seen = int(transaction.get("w") or 0)
        transaction.multi()
        transaction.set("w", seen + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert r.get("w") == b"40", r.get("w")


def scans(r):
    assert {key for key in r.scan_iter(match="p*", count=25)} == {f"p{i}".encode() for i in range(300)}
    assert len(r.keys("p1*")) == 111
    assert r.dbsize() > 300


def expiry(r):
    r.set("short", 1, px=20)
    while r.exists("short"):
        time.sleep(0.005)
    assert r.get("short") is None


def errors(r):
    for command, text in [(("LPUSH", "s", "x"), "WRONGTYPE"), (("NOSUCH",), "unknown command"), (("GET",), "wrong number")]:
        try:
            r.execute_command(*command)
            raise SystemExit(f"{command} was accepted")
        except redis.ResponseError as error:
            assert text in str(error), error
    try:
        connect(password="wrong").ping()
        raise SystemExit("a wrong token was accepted")
    except (redis.AuthenticationError, redis.ResponseError) as error:
        assert "invalid username-password pair" in str(error), error


def administration(r):
    assert r.info()["redis_version"].startswith("7.")
    meridian = r.info("meridian")
    assert meridian["region"] == "us"
    assert meridian["group0"]["role"] in ("leader", "learner"), meridian
    assert r.config_get("databases") == {"databases": "16"}
    assert r.client_setname("checks") and r.client_getname() == "checks"
    assert any(client["name"] == "checks" for client in r.client_list())
    assert r.time()[0] > 1_600_000_000
    assert r.command_count() > 100
    assert r.object("ENCODING", "n") == b"int"
    assert r.memory_usage("data") > 256_000
    by_level = connect(username="default+linearizable")
    assert by_level.execute_command("MERIDIAN", "CONSISTENCY") == b"linearizable"


def main():
    r = connect()
    parts = [strings, hashes_and_lists, pipelines, watches, scans, expiry, errors, administration]
    for part in parts:
        part(r)
    print(f"{len(parts)} of {len(parts)} checks passed")


main()
