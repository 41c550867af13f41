#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the facts that a redis-server tells of its commands, one line each, for CommandInfoGoldenTest.

    redis-server --port 7391 --save "" &
    engine/src/test/scripts/command-info-golden.py 7391 > engine/src/test/resources/golden/command-info.golden
"""
import socket
import sys


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port))
    replies = connection.makefile("rb")

    def read():
        line = replies.readline().rstrip().decode()
        kind, rest = line[0], line[1:]
        if kind == "*":
            return [read() for _ in range(int(rest))]
        if kind == "$":
            return replies.read(int(rest) + 2)[:-2].decode()
        return int(rest) if kind == ":" else rest

    def run(*words):
        connection.sendall(b"*%d\r\n" % len(words))
        for word in words:
            connection.sendall(b"$%d\r\n%s\r\n" % (len(word), word.encode()))
        return read()

    return run


def pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))


def main():
    run = connect(int(sys.argv[1]))
    since = {}
    for name, docs in pairs(run("COMMAND", "DOCS")).items():
        fields = pairs(docs)
        since[name] = fields["since"]
        for sub, sub_docs in pairs(fields.get("subcommands", [])).items():
            since[sub] = pairs(sub_docs)["since"]

    lines = []

    def add(info):
        name, arity, flags, first, last, step, categories = info[:7]
        lines.append(f"{name}; {arity}; {' '.join(sorted(flags))}; {first} {last} {step}; "
                     f"{' '.join(sorted(categories))}; {since[name]}")
        for sub in info[9]:
            add(sub)

    for info in run("COMMAND"):
        add(info)
    version = next(line for line in run("INFO", "server").splitlines() if line.startswith("redis_version:"))
    print(f"# What COMMAND INFO and COMMAND DOCS of {version} say: written by command-info-golden.py.")
    print("# name; arity; flags; first, last and step of its keys; ACL categories; since")
    print("\n".join(sorted(lines)))


main()
