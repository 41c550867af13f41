# SPDX-License-Identifier: Apache-2.0
"""Debian's python3-requests on the REST API. HOME_URL, FAR_URL, TOKEN, READER_TOKEN."""

import base64
import os

import requests

HOME = os.environ["HOME_URL"]
FAR = os.environ["FAR_URL"]
session = requests.Session()
session.trust_env = False
session.headers["Authorization"] = "Bearer " + os.environ["TOKEN"]


def forms():
    assert session.get(f"{FAR}/set/k/v").json() == {"result": "OK"}
    assert session.get(f"{HOME}/get/k").json() == {"result": "v"}
    assert session.post(f"{FAR}/set/k2?EX=100", data=b"a body, \xff not UTF-8").json() == {"result": "OK"}
    token = session.post(FAR, json=["SET", "k3", "v", "EX", 100]).headers["upstash-sync-token"]
    assert session.get(f"{FAR}/get/k3", headers={"upstash-sync-token": token}).json() == {"result": "v"}
    assert session.get(f"{HOME}/ttl/k2").json()["result"] > 90
    reply = session.get(f"{HOME}/get/k2", headers={"Upstash-Encoding": "base64"})
    assert base64.b64decode(reply.json()["result"]) == b"a body, \xff not UTF-8"
    assert session.get(f"{HOME}/set/a%2Fb/c%20d").status_code == 200
    assert session.post(HOME, json=["GET", "a/b"]).json() == {"result": "c d"}
    assert session.get(f"{HOME}/get/k", headers={"Upstash-Response-Format": "resp2"}).content == b"$1\r\nv\r\n"
    assert session.head(f"{HOME}/get/k").content == b""


def pipelines():
    reply = session.post(f"{FAR}/pipeline", json=[["SET", "p", 1], ["INCR", "p"], ["LPUSH", "p", "x"], ["GET", "p"]])
    assert reply.status_code == 200
    body = reply.json()
    assert [entry.get("result") for entry in body] == ["OK", 2, None, "2"]
    assert body[2]["error"].startswith("WRONGTYPE")
    reply = session.post(f"{FAR}/multi-exec", json=[["SET", "m", 1], ["INCR", "m"], ["HSET", "mh", "a", "b"], ["HGETALL", "mh"]])
    assert [entry["result"] for entry in reply.json()] == ["OK", 2, 1, ["a", "b"]]
    assert session.post(f"{FAR}/multi-exec", json=[["SET", "m", 9], ["NOSUCH"]]).status_code == 400
    assert session.get(f"{HOME}/get/m").json() == {"result": "2"}


def headers():
    wrote = session.post(FAR, json=["SET", "h", "1"])
    token = wrote.headers["upstash-sync-token"]
    for level in ["eventual", "session", "linearizable"]:
        read = session.get(f"{FAR}/get/h", headers={"Meridian-Consistency": level, "upstash-sync-token": token})
        assert read.headers["meridian-consistency"] == level, read.headers
        assert "/" in read.headers["meridian-served-by"]
        assert int(read.headers["meridian-staleness-ms"]) >= 0
        if level != "eventual":
            assert read.json() == {"result": "1"}
    assert session.get(f"{FAR}/get/h", headers={"Meridian-Consistency": "strong"}).status_code == 400


def errors():
    anonymous = requests.Session()
    anonymous.trust_env = False
    reply = anonymous.get(f"{HOME}/get/k")
    assert reply.status_code == 401 and reply.json()["error"].startswith("WRONGPASS")
    assert anonymous.get(f"{HOME}/get/k?_token={os.environ['TOKEN']}").json() == {"result": "v"}
    reader = {"Authorization": "Bearer " + os.environ["READER_TOKEN"]}
    assert anonymous.get(f"{HOME}/get/k", headers=reader).json() == {"result": "v"}
    assert anonymous.get(f"{HOME}/set/k/w", headers=reader).status_code == 400
    assert session.get(f"{HOME}/nosuch").status_code == 400
    assert session.delete(f"{HOME}/get/k").status_code == 405
    assert session.post(HOME, json=["SET", "k", None]).json() == {"error": "ERR null args are not supported"}
    assert session.post(HOME, data="[").status_code == 400
    assert session.post(HOME, json=["SUBSCRIBE", "c"]).status_code == 400
    assert requests.options(HOME, proxies={"http": None}).status_code == 200


def large():
    value = "v" * (9 << 20)
    assert session.post(f"{FAR}/set/large", data=value.encode()).json() == {"result": "OK"}
    assert session.get(f"{HOME}/get/large").json()["result"] == value
    reply = session.post(f"{FAR}/set/larger", data=b"v" * (11 << 20))
    assert reply.status_code in (400, 413) and "max request size exceeded" in reply.json()["error"], reply.text[:200]
    assert session.get(f"{HOME}/exists/larger").json() == {"result": 0}


PARTS = [forms, pipelines, headers, errors, large]
for part in PARTS:
    part()
print(f"{len(PARTS)} of {len(PARTS)} checks passed")
