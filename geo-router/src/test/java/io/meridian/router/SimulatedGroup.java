// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.engine.entry.EntryWriter;
import io.meridian.router.testing.ManualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * A group on several nodes, with one log that only its leader appends to: what a store does with bundles, without a store.
 *
 * <p>Entries are applied by the engine with its table of recent replies; beside it, each node refuses what would overtake, by
 * the rules of the store's batcher. The leader changes on request: what it had proposed is committed up to some entry, the
 * rest is lost, and those who wait are told so, or that it is unknown, or late.
 */
final class SimulatedGroup {
    static final String NAME = "us/0";
    private static final long MILLI = 1_000_000;

    private final ManualTime time;
    private final Random random;
    private final GroupState state = GroupState.begun(CommandTable.REDIS, 1, 7);
    private final EntryWriter entries = new EntryWriter();
    private final Map<String, Node> nodes = new HashMap<>();
    private final ArrayDeque<Waiting> inFlight = new ArrayDeque<>();
    private String leader = "";
    private long applied;
    boolean faultless;
    int changes;
    int unknowns;

    SimulatedGroup(ManualTime time, Random random) {
        this.time = time;
        this.random = random;
    }

    /** A bundle that some node took as the leader. */
    private static final class Waiting {
        final Node node;
        final Bundle bundle;
        final int attempt;
        final Bundle.Completion completion;
        boolean proposed;
        boolean told;

        Waiting(Node node, Bundle bundle, Bundle.Completion completion) {
            this.node = node;
            this.bundle = bundle;
            this.attempt = bundle.attempt();
            this.completion = completion;
        }

        void tell(Runnable what) {
            if (!told) {
                told = true;
                what.run();
            }
        }
    }

    Node node(String name) {
        return nodes.computeIfAbsent(name, Node::new);
    }

    /** Takes the leadership from whoever has it. */
    void depose() {
        if (leader.isEmpty()) {
            return;
        }
        changes++;
        Node old = node(leader);
        leader = "";
        old.zombie = random.nextInt(3) == 0;
        int survive = random.nextInt(inFlight.size() + 1);
        List<Waiting> all = new ArrayList<>(inFlight);
        inFlight.clear();
        boolean isLost = false;
        for (Waiting waiting : all) {
            isLost |= !waiting.proposed || survive-- <= 0;
            if (!isLost) {
                // Committed by the next leader; the old one may hear of that, or has given up.
                if (random.nextBoolean()) {
                    unknown(waiting);
                }
                apply(waiting);
            } else if (waiting.proposed) {
                unknown(waiting);
            } else {
                refuse(waiting, "leads no longer");
            }
        }
        old.learn("", 0);
    }

    /** Makes a node the leader; all learn it soon. */
    void elect(String name) {
        leader = name;
        for (Node node : nodes.values()) {
            node.zombie &= !node.name.equals(name);
            node.learn(name, node.name.equals(name) ? 0 : random.nextInt(60) * MILLI);
        }
    }

    boolean hasLeader() {
        return !leader.isEmpty();
    }

    Reply read(int database, int number, Query query) {
        return query.on(state.view(database, number, time.nanos() / MILLI, applied));
    }

    private void unknown(Waiting waiting) {
        waiting.node.failed(waiting);
        unknowns++;
        time.after(
                random.nextInt(80) * MILLI,
                () -> waiting.tell(() -> waiting.completion.failed(Outcome.UNKNOWN, "the leader changed")));
    }

    private void refuse(Waiting waiting, String reason) {
        refuse(waiting, Outcome.NOT_APPLIED, reason);
    }

    private void refuse(Waiting waiting, Outcome outcome, String reason) {
        waiting.node.failed(waiting);
        time.after(random.nextInt(3) * MILLI, () -> waiting.tell(() -> waiting.completion.failed(outcome, reason)));
    }

    private void propose(Waiting waiting) {
        if (!inFlight.contains(waiting)) {
            return;
        }
        // In the order they came: what came before it is in the log before it.
        for (Waiting earlier : List.copyOf(inFlight)) {
            if (!earlier.proposed) {
                if (earlier.bundle.attempt() != earlier.attempt) {
                    inFlight.remove(earlier);
                    refuse(earlier, "sent again meanwhile");
                } else {
                    earlier.proposed = true;
                    if (!faultless && random.nextInt(100) == 0) {
                        giveUp(earlier);
                    }
                }
            }
            if (earlier == waiting) {
                break;
            }
        }
        time.after((1 + random.nextInt(5)) * MILLI, () -> commit(waiting));
    }

    /** The leader does not wait for the entry any more, and takes nothing that would overtake it; it may commit all the same. */
    private void giveUp(Waiting waiting) {
        unknown(waiting);
        for (Waiting later : List.copyOf(inFlight)) {
            if (!later.proposed && !waiting.node.takes(later)) {
                inFlight.remove(later);
                refuse(later, "an earlier bundle failed");
            }
        }
    }

    private void commit(Waiting upTo) {
        while (inFlight.contains(upTo)) {
            apply(inFlight.removeFirst());
        }
    }

    private void apply(Waiting waiting) {
        Reply[] replies;
        if (waiting.bundle.writes() == 0) {
            replies = waiting.bundle.items().stream()
                    .map(item -> read(item.database(), item.number(), Objects.requireNonNull(item.query())))
                    .toArray(Reply[]::new);
        } else {
            applied++;
            entries.begin(1_000_000 + time.nanos() / MILLI, Moment.mix(applied));
            entries.add(waiting.bundle);
            replies = state.open(applied, entries.finish()).applyNext(waiting.bundle);
        }
        long index = applied;
        time.after(0, () -> waiting.tell(() -> waiting.completion.applied(replies, 7, index)));
    }

    /** One node's replica: it has applied all that is committed, but may not know who leads. */
    final class Node implements Replica {
        private final String name;
        // As in the store's Attempts.
        private final Map<Long, Integer> lowestTaken = new HashMap<>();
        private final List<Runnable> listeners = new ArrayList<>();
        private String known = "";
        private boolean zombie;

        Node(String name) {
            this.name = name;
        }

        private void learn(String who, long delayNanos) {
            time.after(delayNanos, () -> {
                if (who.equals(leader)) {
                    known = who;
                    zombie = false;
                    listeners.forEach(Runnable::run);
                }
            });
        }

        private void failed(Waiting waiting) {
            lowestTaken.merge(waiting.bundle.origin(), waiting.attempt + 1, Math::max);
        }

        private boolean takes(Waiting waiting) {
            return lowestTaken.merge(waiting.bundle.origin(), waiting.attempt, Math::max) == waiting.attempt;
        }

        @Override
        public void submit(Bundle bundle, Bundle.Completion completion) {
            Waiting waiting = new Waiting(this, bundle, completion);
            if (!isLeader() && !zombie) {
                refuse(waiting, "not the leader");
            } else if (!faultless && random.nextInt(50) == 0) {
                refuse(waiting, Outcome.TAKES_NO_WRITES, "no space left");
            } else if (!takes(waiting)) {
                refuse(waiting, "an earlier bundle failed");
            } else if (!faultless && random.nextInt(50) == 0) {
                refuse(waiting, "busy");
            } else if (zombie) {
                unknown(waiting);
            } else {
                inFlight.add(waiting);
                time.after(random.nextInt(3) * MILLI, () -> propose(waiting));
            }
        }

        @Override
        public String group() {
            return NAME;
        }

        @Override
        public boolean isLeader() {
            return leader.equals(name);
        }

        @Override
        public boolean isServing() {
            return true;
        }

        @Override
        public Optional<String> leader() {
            return known.isEmpty() ? Optional.empty() : Optional.of(known);
        }

        @Override
        public long incarnation() {
            return 7;
        }

        @Override
        public long appliedIndex() {
            return applied;
        }

        @Override
        public long visibleIndex() {
            return applied;
        }

        @Override
        public long stalenessMillis() {
            return 0;
        }

        @Override
        public Reply read(int database, int number, Query query) {
            return SimulatedGroup.this.read(database, number, query);
        }

        @Override
        public Runnable whenApplied(long index, Runnable action) {
            action.run();
            return () -> {};
        }

        @Override
        public void readLinearizable(
                int database, int number, Query query, Executor reader, ReadCompletion completion) {
            reader.execute(() -> completion.done(read(database, number, query), new Shown(7, applied, 0)));
        }

        @Override
        public void onLeaderChange(Runnable listener) {
            listeners.add(listener);
        }
    }
}
