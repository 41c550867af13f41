// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.proto.Answer;
import io.meridian.proto.AppliedRequest;
import io.meridian.proto.BundleRequest;
import io.meridian.proto.Failure;
import io.meridian.proto.ForwardReply;
import io.meridian.proto.ForwardRequest;
import io.meridian.proto.ForwardingGrpc;
import io.meridian.proto.Hello;
import io.meridian.proto.ReadRequest;
import io.meridian.proto.RidingRead;
import io.meridian.router.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receiving side: runs what other nodes' routers hand over on this node's replicas, and never forwards it on. */
public final class ForwardService extends ForwardingGrpc.ForwardingImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardService.class);

    private final Map<String, Replica> replicas;
    private final CommandTable commands;
    private final Function<Hello, Optional<String>> refusals;

    /**
     * @param replicas this node's, by group
     * @param refusals says why a hello does not fit this node, if so
     */
    public ForwardService(
            Map<String, Replica> replicas, CommandTable commands, Function<Hello, Optional<String>> refusals) {
        this.replicas = Map.copyOf(replicas);
        this.commands = commands;
        this.refusals = refusals;
    }

    @Override
    public StreamObserver<ForwardRequest> exchange(StreamObserver<ForwardReply> replies) {
        return new Incoming(replies);
    }

    private final class Incoming implements StreamObserver<ForwardRequest> {
        // Answers come from many threads; a stream takes one message at a time.
        private final Object lock = new Object();
        private final StreamObserver<ForwardReply> replies;
        private boolean greeted;
        private boolean over;

        Incoming(StreamObserver<ForwardReply> replies) {
            this.replies = replies;
        }

        @Override
        public void onNext(ForwardRequest request) {
            if (!greeted) {
                greet(request);
                return;
            }
            long id = request.getId();
            try {
                switch (request.getKindCase()) {
                    case BUNDLE -> bundle(id, request.getBundle());
                    case READ -> read(id, request.getRead());
                    case APPLIED -> applied(id, request.getApplied());
                    case HELLO, KIND_NOT_SET -> fail(id, false, "not a request", "");
                }
            } catch (CommandException | CorruptBytesException malformed) {
                LOG.warn("refused what another node sent: {}", malformed.toString());
                fail(id, false, malformed.toString(), "");
            }
        }

        private void greet(ForwardRequest request) {
            Optional<String> refusal =
                    request.hasHello() ? refusals.apply(request.getHello()) : Optional.of("no hello came first");
            if (refusal.isPresent()) {
                LOG.error("refused a stream: {}", refusal.get());
                synchronized (lock) {
                    over = true;
                    replies.onError(Status.FAILED_PRECONDITION
                            .withDescription(refusal.get())
                            .asRuntimeException());
                }
                return;
            }
            greeted = true;
            send(ForwardReply.newBuilder().setId(0).build());
        }

        private void bundle(long id, BundleRequest request) {
            Replica replica = replicas.get(request.getGroup());
            if (replica == null || !replica.isLeader()) {
                fail(id, false, "not the leader of " + request.getGroup(), leaderOf(replica));
                return;
            }
            Bundle bundle = Bundle.received(
                    request.getOrigin(),
                    request.getSequence(),
                    Bytes.of(request.getWrites().toByteArray()),
                    request.getWriteCount(),
                    items(request));
            bundle.ackedBelow(request.getAckedBelow());
            bundle.attempt(request.getAttempt());
            replica.submit(bundle, new Bundle.Completion() {
                @Override
                public void applied(Reply[] all, long incarnation, long index) {
                    answer(id, Wire.answer(all, incarnation, index).build());
                }

                @Override
                public void failed(Bundle.Outcome outcome, String reason) {
                    fail(id, outcome == Bundle.Outcome.UNKNOWN, reason, leaderOf(replica));
                }
            });
        }

        private List<Bundle.Item> items(BundleRequest request) {
            int size = request.getWriteCount() + request.getReadsCount();
            if (size < 0 || size > 2 * Bundle.COMMANDS_MAX) {
                throw new CorruptBytesException("a bundle of " + size + " commands");
            }
            List<Bundle.Item> items = new ArrayList<>(size);
            int next = 0;
            for (int position = 0; position < size; position++) {
                if (next < request.getReadsCount() && request.getReads(next).getPosition() == position) {
                    RidingRead read = request.getReads(next++);
                    items.add(new Bundle.Item(read.getDatabase(), read.getNumber(), query(Wire.args(read.getArgs()))));
                } else {
                    items.add(new Bundle.Item(0, 0, null));
                }
            }
            return items;
        }

        private Command.Query query(Args args) {
            if (commands.require(args) instanceof Command.Read read) {
                return read.parser().parse(args);
            }
            throw new CorruptBytesException("not a read: " + args.textAt(0));
        }

        private void read(long id, ReadRequest request) {
            Replica replica = replicas.get(request.getGroup());
            if (replica == null || !replica.isServing()) {
                fail(id, false, "no replica of " + request.getGroup() + " serves here", leaderOf(replica));
                return;
            }
            Command.Query query = query(Wire.args(request.getArgs()));
            if (request.getLinearizable()) {
                replica.readLinearizable(
                        request.getDatabase(), request.getNumber(), query, new Replica.ReadCompletion() {
                            @Override
                            public void done(Reply reply, Replica.Shown shown) {
                                answer(id, Wire.answer(reply, shown));
                            }

                            @Override
                            public void failed(String reason) {
                                fail(id, false, reason, leaderOf(replica));
                            }
                        });
                return;
            }
            long floor = replica.floorOf(request.getIncarnation(), request.getFloor());
            replica.whenApplied(floor, () -> {
                // Before the read: after it, it may be less old than what was read.
                long staleness = replica.stalenessMillis();
                Reply reply;
                try {
                    reply = replica.read(request.getDatabase(), request.getNumber(), query);
                } catch (CommandException refused) {
                    reply = refused.reply();
                }
                answer(
                        id,
                        Wire.answer(
                                reply, new Replica.Shown(replica.incarnation(), replica.visibleIndex(), staleness)));
            });
        }

        private void applied(long id, AppliedRequest request) {
            Replica replica = replicas.get(request.getGroup());
            if (replica == null) {
                fail(id, false, "no replica of " + request.getGroup(), "");
                return;
            }
            replica.whenApplied(
                    request.getIndex(),
                    () -> answer(
                            id, Answer.newBuilder().setIndex(request.getIndex()).build()));
        }

        private void answer(long id, Answer answer) {
            send(ForwardReply.newBuilder().setId(id).setAnswer(answer).build());
        }

        private void fail(long id, boolean maybeApplied, String reason, String leader) {
            send(ForwardReply.newBuilder()
                    .setId(id)
                    .setFailure(Failure.newBuilder()
                            .setMaybeApplied(maybeApplied)
                            .setReason(reason)
                            .setLeader(leader))
                    .build());
        }

        private void send(ForwardReply reply) {
            synchronized (lock) {
                if (!over) {
                    replies.onNext(reply);
                }
            }
        }

        @Override
        public void onError(Throwable error) {
            synchronized (lock) {
                over = true;
            }
        }

        @Override
        public void onCompleted() {
            synchronized (lock) {
                if (!over) {
                    over = true;
                    replies.onCompleted();
                }
            }
        }
    }

    private static String leaderOf(@Nullable Replica replica) {
        return replica == null ? "" : replica.leader().orElse("");
    }
}
