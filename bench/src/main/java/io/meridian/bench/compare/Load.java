// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

/** What is measured of a peer. */
enum Load {
    GET("GET, 50 connections", Unit.PER_SECOND),
    GET_PIPELINED("GET, pipeline 16", Unit.PER_SECOND),
    SET("SET or put, 50 clients", Unit.PER_SECOND),
    SET_PIPELINED("SET, pipeline 16", Unit.PER_SECOND),
    SET_PIPELINED_OWN("SET, pipeline 16, own generator", Unit.PER_SECOND),
    MIXED_PIPELINED("SET and GET in turn, pipeline 16, own generator", Unit.PER_SECOND),
    SET_ALONE("SET or put, one at a time, p50", Unit.MILLIS),
    GET_LINEARIZABLE("linearizable GET or range, 50 clients", Unit.PER_SECOND),
    REST_GET("REST GET, 50 connections", Unit.PER_SECOND),
    VISIBLE("lone write until a learner shows it, p99", Unit.MILLIS),
    MEMORY("memory of 1,000,000 keys", Unit.MEBIBYTES),
    RESTART("restart with 1,000,000 keys", Unit.SECONDS),
    IDLE_CPU("nine idle nodes, CPU", Unit.CORE_PERCENT),
    IDLE_MEMORY("nine idle nodes, memory", Unit.MEBIBYTES);

    private final String title;
    private final Unit unit;

    Load(String title, Unit unit) {
        this.title = title;
        this.unit = unit;
    }

    String title() {
        return title;
    }

    Unit unit() {
        return unit;
    }

    /** Whether redis-benchmark makes this load, on Redis and on Meridian. */
    boolean isByRedisBenchmark() {
        return switch (this) {
            case GET, GET_PIPELINED, SET, SET_PIPELINED, GET_LINEARIZABLE -> true;
            case SET_PIPELINED_OWN,
                    MIXED_PIPELINED,
                    SET_ALONE,
                    REST_GET,
                    VISIBLE,
                    MEMORY,
                    RESTART,
                    IDLE_CPU,
                    IDLE_MEMORY -> false;
        };
    }

    FigureKey of(Peer peer) {
        return new FigureKey(peer, this);
    }
}
