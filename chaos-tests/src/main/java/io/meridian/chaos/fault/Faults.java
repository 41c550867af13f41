// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.fault;

import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.cluster.ClusterLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Kills and pauses leaders, followers and learners, and heals them again.
 *
 * <p>The seed decides when, what and whom by role; which node has a role, the cluster decides. First each kind hits each
 * target once, in an order of the seed's, but what is possible goes before what is not yet; then chance draws. At most a
 * minority of the voters is gone at once, and one that was killed is gone until it serves again; learners are not
 * counted.
 */
public final class Faults {

    /**
     * How often and how long.
     *
     * @param gapMin shortest time between two faults
     * @param gapMax longest time between two faults
     */
    public record Settings(
            long seed,
            Duration gapMin,
            Duration gapMax,
            Duration killMin,
            Duration killMax,
            Duration pauseMin,
            Duration pauseMax) {
        public static Settings usual(long seed) {
            return new Settings(
                    seed,
                    Duration.ofMillis(1_000),
                    Duration.ofMillis(4_000),
                    Duration.ofMillis(300),
                    Duration.ofMillis(4_000),
                    Duration.ofMillis(1_000),
                    Duration.ofMillis(6_000));
        }
    }

    private record Undo(long atNanos, Fault fault) {}

    private record Wanted(Fault.Kind kind, Fault.Target target) {}

    private final Cluster cluster;
    private final Roles roles;
    private final Settings settings;
    private final Random random;
    private final Consumer<String> log;
    private final Queue<Undo> undos = new PriorityQueue<>(Comparator.comparingLong(Undo::atNanos));
    private final List<Fault> injected = Collections.synchronizedList(new ArrayList<>());
    /** Of the first round, what is still to be done. */
    private final List<Wanted> required = new ArrayList<>();

    private boolean isWaiting;

    public Faults(Cluster cluster, Roles roles, Settings settings, Consumer<String> log) {
        this.cluster = cluster;
        this.roles = roles;
        this.settings = settings;
        this.random = new Random(settings.seed());
        this.log = log;
        // A short run on a slow machine may end before the sixth: the first three are of each target, and of both
        // kinds, and a leader is killed.
        List<Fault.Target> targets = new ArrayList<>(targets(cluster.layout()));
        Collections.shuffle(targets, random);
        int killedFirst = Math.max(0, targets.indexOf(Fault.Target.LEADER));
        for (int i = 0; i < 2 * targets.size(); i++) {
            Fault.Target target = targets.get(i % targets.size());
            boolean isSecond = i >= targets.size();
            boolean kills = isSecond ^ ((i % targets.size() - killedFirst) % 2 == 0);
            required.add(new Wanted(kills ? Fault.Kind.KILL : Fault.Kind.PAUSE, target));
        }
    }

    /** Whom faults can hit: voters only where the others are a majority without one. */
    public static Set<Fault.Target> targets(ClusterLayout layout) {
        Set<Fault.Target> targets = EnumSet.noneOf(Fault.Target.class);
        if (layout.minority() > 0) {
            targets.addAll(EnumSet.of(Fault.Target.LEADER, Fault.Target.FOLLOWER));
        }
        if (!layout.learners().isEmpty()) {
            targets.add(Fault.Target.LEARNER);
        }
        return targets;
    }

    /** Injects faults for the duration, or until the latch is open; then heals everything. Blocks. */
    public void run(Duration duration, CountDownLatch stop) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        long next = System.nanoTime()
                + between(settings.gapMin(), settings.gapMax()).toNanos();
        try {
            while (System.nanoTime() < end) {
                Undo undo = undos.peek();
                long wake = Math.min(Math.min(next, end), undo == null ? end : undo.atNanos());
                if (stop.await(Math.max(0, wake - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    return;
                }
                heal(System.nanoTime());
                if (System.nanoTime() >= next) {
                    Duration pause = inject();
                    next = System.nanoTime() + pause.toNanos();
                }
            }
        } finally {
            heal(Long.MAX_VALUE);
        }
    }

    /** What was done so far, in order. */
    public List<Fault> injected() {
        return List.copyOf(injected);
    }

    /** Does what is due; gives the time until the next. */
    private Duration inject() {
        if (required.isEmpty()) {
            Wanted drawn = draw();
            if (!inject(drawn)) {
                log.accept("no %s of a %s: none can be spared now".formatted(drawn.kind(), drawn.target()));
            }
            return between(settings.gapMin(), settings.gapMax());
        }
        for (Wanted each : required) {
            if (inject(each)) {
                required.remove(each);
                isWaiting = false;
                return between(settings.gapMin(), settings.gapMax());
            }
        }
        if (!isWaiting) {
            log.accept("waiting until one can be spared for %s".formatted(required));
            isWaiting = true;
        }
        return settings.gapMin().dividedBy(4);
    }

    private Wanted draw() {
        int dice = random.nextInt(100);
        Fault.Target target;
        if (dice < 45) {
            target = Fault.Target.LEADER;
        } else {
            target = dice < 70 ? Fault.Target.FOLLOWER : Fault.Target.LEARNER;
        }
        return new Wanted(random.nextBoolean() ? Fault.Kind.KILL : Fault.Kind.PAUSE, target);
    }

    /** False where no node with that role can be spared now. */
    private boolean inject(Wanted wanted) {
        List<String> candidates = candidates(wanted.target());
        if (candidates.isEmpty()) {
            return false;
        }
        Fault.Kind kind = wanted.kind();
        Duration duration = kind == Fault.Kind.KILL
                ? between(settings.killMin(), settings.killMax())
                : between(settings.pauseMin(), settings.pauseMax());
        String node = candidates.get(random.nextInt(candidates.size()));
        long now = System.nanoTime();
        Fault fault = new Fault(kind, wanted.target(), node, now, duration);
        log.accept("%s %s %s for %d ms".formatted(kind, wanted.target(), node, duration.toMillis()));
        switch (kind) {
            case KILL -> cluster.kill(node);
            case PAUSE -> cluster.pause(node);
        }
        injected.add(fault);
        undos.add(new Undo(now + duration.toNanos(), fault));
        return true;
    }

    private List<String> candidates(Fault.Target target) {
        ClusterLayout layout = cluster.layout();
        List<String> up = layout.nodes().stream()
                .filter(node -> cluster.state(node) == Cluster.State.RUNNING)
                .toList();
        if (target == Fault.Target.LEARNER) {
            return up.stream().filter(layout.learners()::contains).toList();
        }
        Roles.Seen seen = roles.look();
        List<String> voters = up.stream().filter(seen.serving()::contains).toList();
        int gone = layout.voters().size() - voters.size();
        if (gone >= layout.minority() || seen.leader().isEmpty()) {
            return List.of();
        }
        return voters.stream()
                .filter(node -> node.equals(seen.leader().get()) == (target == Fault.Target.LEADER))
                .toList();
    }

    private void heal(long now) {
        for (Undo undo = undos.peek(); undo != null && undo.atNanos() <= now; undo = undos.peek()) {
            undos.remove();
            String node = undo.fault().node();
            log.accept("heal %s".formatted(node));
            switch (undo.fault().kind()) {
                case KILL -> cluster.start(node);
                case PAUSE -> cluster.resume(node);
            }
        }
    }

    private Duration between(Duration min, Duration max) {
        return Duration.ofMillis(random.nextLong(min.toMillis(), max.toMillis() + 1));
    }
}
