// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** One origin: it numbers its bundles, and can send them again as a router would. For one thread. */
final class TestClient {
    private static long origins = System.nanoTime();

    private final long origin = nextOrigin();
    private long sequence;

    private static synchronized long nextOrigin() {
        return ++origins;
    }

    /** What became of a bundle. */
    sealed interface Fate {
        record Applied(List<Reply> replies, long index) implements Fate {}

        record Failed(Bundle.Outcome outcome, String reason) implements Fate {}
    }

    /** A read failed. */
    static final class ReadFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReadFailed(String reason) {
            super(reason);
        }
    }

    /** The next bundle, of command lines: reads ride. */
    Bundle bundle(String... lines) {
        return bundle(
                List.of(lines).stream().map(line -> Args.of(line.split(" "))).toList());
    }

    Bundle bundle(List<Args> lines) {
        Bundle bundle = new Bundle(origin, ++sequence);
        bundle.ackedBelow(1);
        for (Args args : lines) {
            switch (CommandTable.REDIS.require(args)) {
                case Command.Read read -> bundle.read(0, 0, read.parser().parse(args));
                case Command.Write _ -> bundle.write(0, 0, args);
                case Command.Local _ -> throw new IllegalArgumentException(args.toString());
            }
        }
        return bundle;
    }

    static CompletableFuture<Fate> submit(Replica replica, Bundle bundle) {
        CompletableFuture<Fate> fate = new CompletableFuture<>();
        replica.submit(bundle, new Bundle.Completion() {
            @Override
            public void applied(Reply[] replies, long incarnation, long index) {
                fate.complete(new Fate.Applied(List.of(replies), index));
            }

            @Override
            public void failed(Bundle.Outcome outcome, String reason) {
                fate.complete(new Fate.Failed(outcome, reason));
            }
        });
        return fate;
    }

    CompletableFuture<Fate> send(Replica replica, String... lines) {
        return submit(replica, bundle(lines));
    }

    /** Sends, to whoever leads, until it is applied; each try is a new attempt. */
    Fate.Applied run(StoreCluster cluster, String... lines) {
        return untilApplied(cluster::leader, bundle(lines));
    }

    static Fate.Applied untilApplied(Supplier<Replica> leader, Bundle bundle) {
        Fate.Applied[] applied = new Fate.Applied[1];
        eventually("a bundle is applied", () -> {
            if (get(submit(leader.get(), bundle)) instanceof Fate.Applied done) {
                applied[0] = done;
                return true;
            }
            bundle.attempt(bundle.attempt() + 1);
            return false;
        });
        return applied[0];
    }

    static Query query(String line) {
        Args args = Args.of(line.split(" "));
        return switch (CommandTable.REDIS.require(args)) {
            case Command.Read read -> read.parser().parse(args);
            default -> throw new IllegalArgumentException(line);
        };
    }

    static Reply read(Replica replica, String line) {
        return replica.read(0, 0, query(line));
    }

    static CompletableFuture<Reply> readLinearizable(Replica replica, String line) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        replica.readLinearizable(0, 0, query(line), Runnable::run, new Replica.ReadCompletion() {
            @Override
            public void done(Reply reply, long index) {
                answer.complete(reply);
            }

            @Override
            public void failed(String reason) {
                answer.completeExceptionally(new ReadFailed(reason));
            }
        });
        return answer;
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failed);
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError("no answer", late);
        }
    }
}
