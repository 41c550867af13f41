// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static io.meridian.bench.compare.Peer.ETCD;
import static io.meridian.bench.compare.Peer.MERIDIAN;
import static io.meridian.bench.compare.Peer.REDIS_ALWAYS;
import static io.meridian.bench.compare.Peer.REDIS_EVERYSEC;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rows of the table, and what each holds Meridian to. */
enum Row {
    GET(
            "get",
            "GET, 50 connections, no pipeline, one node, `eventual`",
            Claim.atLeast(Load.GET.of(MERIDIAN), Load.GET.of(REDIS_EVERYSEC), 0.8, 1.2)),
    GET_P16(
            "get-p16",
            "GET, pipeline 16, same",
            Claim.atLeast(Load.GET_PIPELINED.of(MERIDIAN), Load.GET_PIPELINED.of(REDIS_EVERYSEC), 0.6, 1.2)),
    SET(
            "set",
            "SET, 50 connections, no pipeline, through the leader, 3 voters, fsync",
            Claim.atLeast(Load.SET.of(MERIDIAN), Load.SET.of(ETCD), 5, 15),
            Claim.atLeast(Load.SET.of(MERIDIAN), Load.SET.of(REDIS_ALWAYS), 0.4, 1.0)),
    SET_P16(
            "set-p16",
            "SET, pipeline 16, same",
            Claim.atLeast(Load.SET_PIPELINED.of(MERIDIAN), Load.SET_PIPELINED.of(REDIS_ALWAYS), 0.35, 1.0)),
    MIXED_P16(
            "mixed-p16",
            "pipeline of 16 alternating SET/GET, same",
            Claim.atLeast(Load.MIXED_PIPELINED.of(MERIDIAN), Load.SET_PIPELINED_OWN.of(MERIDIAN), 0.8, 1.0)),
    SET_ALONE(
            "set-alone",
            "SET, one client, one at a time, p50",
            Claim.atMost(Load.SET_ALONE.of(MERIDIAN), Load.SET_ALONE.of(ETCD), 1.0, 0.5)),
    GET_LINEARIZABLE(
            "get-linearizable",
            "linearizable GET, 50 connections",
            Claim.atLeast(Load.GET_LINEARIZABLE.of(MERIDIAN), Load.GET_LINEARIZABLE.of(ETCD), 5, 10)),
    LEARNER(
            "learner",
            "a lone write shows on a learner in another region (no WAN delay) after its acknowledgement, p99",
            Claim.within(Load.VISIBLE.of(MERIDIAN), 20, 3)),
    REST(
            "rest",
            "REST GET, 50 keep-alive connections",
            Claim.atLeast(Load.REST_GET.of(MERIDIAN), Load.GET.of(MERIDIAN), 0.5, 0.9)),
    MEMORY(
            "memory",
            "memory for 1,000,000 keys of 16-byte values",
            Claim.atMost(Load.MEMORY.of(MERIDIAN), Load.MEMORY.of(REDIS_EVERYSEC), 2.0, 1.2)),
    RESTART("restart", "restart of a node with those keys on disk", Claim.within(Load.RESTART.of(MERIDIAN), 5, 2)),
    IDLE(
            "idle",
            "nine idle nodes of the demo in one process",
            Claim.within(Load.IDLE_CPU.of(MERIDIAN), 25, 10),
            Claim.within(Load.IDLE_MEMORY.of(MERIDIAN), 1536, 819));

    private final String word;
    private final String title;
    // A list that cannot be changed, of records.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<Claim> claims;

    Row(String word, String title, Claim... claims) {
        this.word = word;
        this.title = title;
        this.claims = List.of(claims);
    }

    /** The word on the command line. */
    String word() {
        return word;
    }

    String title() {
        return title;
    }

    List<Claim> claims() {
        return claims;
    }

    /** The figures that the row is made of. */
    Stream<FigureKey> keys() {
        return claims.stream().flatMap(claim -> Stream.concat(Stream.of(claim.subject()), claim.reference().stream()));
    }

    /** The row with this word. */
    static Optional<Row> named(String word) {
        return Arrays.stream(values()).filter(row -> row.word.equals(word)).findFirst();
    }
}
