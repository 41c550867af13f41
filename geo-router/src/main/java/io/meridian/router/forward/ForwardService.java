// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.engine.entry.ReplyCodec;
import io.meridian.proto.Answer;
import io.meridian.proto.AppliedRequest;
import io.meridian.proto.BundleRequest;
import io.meridian.proto.Failure;
import io.meridian.proto.ForwardReply;
import io.meridian.proto.ForwardRequest;
import io.meridian.proto.ForwardingGrpc;
import io.meridian.proto.ReadRequest;
import io.meridian.proto.RidingRead;
import io.meridian.router.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receiving side: runs what other nodes' routers hand over on this node's replicas, and never forwards it on. */
public final class ForwardService extends ForwardingGrpc.ForwardingImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardService.class);

    private static final String BUSY = "too many answers wait for the asking node";

    private final Map<String, Replica> replicas;
    private final CommandTable commands;
    private final int replyBytesMax;
    private final Executor readers;

    /**
     * @param replicas this node's, by group
     * @param replyBytesMax a longer reply becomes an error; below {@link ForwardClient#MESSAGE_BYTES_MAX}
     * @param readers runs linearizable reads once they are confirmed
     */
    public ForwardService(Map<String, Replica> replicas, CommandTable commands, int replyBytesMax, Executor readers) {
        this.replicas = Map.copyOf(replicas);
        this.commands = commands;
        this.replyBytesMax = replyBytesMax;
        this.readers = readers;
    }

    @Override
    public StreamObserver<ForwardRequest> exchange(StreamObserver<ForwardReply> replies) {
        Incoming incoming = new Incoming(new AnswerQueue((ServerCallStreamObserver<ForwardReply>) replies));
        incoming.answers.add(ForwardReply.getDefaultInstance());
        incoming.answers.takeRequest();
        return incoming;
    }

    private final class Incoming implements StreamObserver<ForwardRequest> {
        private final AnswerQueue answers;

        Incoming(AnswerQueue answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(ForwardRequest request) {
            take(request);
            answers.takeRequest();
        }

        private void take(ForwardRequest request) {
            long id = request.getId();
            try {
                switch (request.getKindCase()) {
                    case BUNDLE -> bundle(id, request.getBundle());
                    case READ -> read(id, request.getRead());
                    case APPLIED -> applied(id, request.getApplied());
                    case KIND_NOT_SET -> fail(id, Outcome.NOT_APPLIED, "not a request", "");
                }
            } catch (CommandException | CorruptBytesException malformed) {
                LOG.warn("refused what another node sent: {}", malformed.toString());
                fail(id, Outcome.NOT_APPLIED, malformed.toString(), "");
            }
        }

        private void bundle(long id, BundleRequest request) {
            Replica replica = replicas.get(request.getGroup());
            if (replica == null) {
                fail(id, Outcome.NOT_APPLIED, "no replica of " + request.getGroup(), "");
                return;
            }
            // Handed over also where this node does not lead: the replica must hear of a bundle that fails, so that
            // none
            // of the same attempt is taken after it.
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
                    answer(
                            id,
                            Wire.answer(bundle.items(), all, replyBytesMax, answers.room())
                                    .setIncarnation(incarnation)
                                    .setIndex(index)
                                    .build());
                }

                @Override
                public void failed(Outcome outcome, String reason) {
                    fail(id, outcome, reason, leaderOf(replica));
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
                fail(
                        id,
                        Outcome.NOT_APPLIED,
                        "no replica of " + request.getGroup() + " serves here",
                        leaderOf(replica));
                return;
            }
            if (answers.room() <= 0) {
                fail(id, Outcome.NOT_APPLIED, BUSY, "");
                return;
            }
            Command.Query query = query(Wire.args(request.getArgs()));
            if (request.getLinearizable()) {
                replica.readLinearizable(
                        request.getDatabase(), request.getNumber(), query, readers, new Replica.ReadCompletion() {
                            @Override
                            public void done(Reply reply, Replica.Shown shown) {
                                answerRead(id, reply, shown);
                            }

                            @Override
                            public void failed(String reason) {
                                fail(id, Outcome.NOT_APPLIED, reason, leaderOf(replica));
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
                answerRead(id, reply, new Replica.Shown(replica.incarnation(), replica.visibleIndex(), staleness));
            });
        }

        private void answerRead(long id, Reply reply, Replica.Shown shown) {
            long length = ReplyCodec.length(reply);
            if (length > replyBytesMax) {
                answer(id, Wire.answer(Wire.tooLong(replyBytesMax, length), shown));
            } else if (length > answers.room()) {
                fail(id, Outcome.NOT_APPLIED, BUSY, "");
            } else {
                answer(id, Wire.answer(reply, shown));
            }
        }

        private void applied(long id, AppliedRequest request) {
            Replica replica = replicas.get(request.getGroup());
            if (replica == null) {
                fail(id, Outcome.NOT_APPLIED, "no replica of " + request.getGroup(), "");
                return;
            }
            replica.whenApplied(
                    request.getIndex(),
                    () -> answer(
                            id, Answer.newBuilder().setIndex(request.getIndex()).build()));
        }

        private void answer(long id, Answer answer) {
            answers.add(ForwardReply.newBuilder().setId(id).setAnswer(answer).build());
        }

        private void fail(long id, Outcome outcome, String reason, String leader) {
            answers.add(ForwardReply.newBuilder()
                    .setId(id)
                    .setFailure(Failure.newBuilder()
                            .setOutcome(Wire.outcome(outcome))
                            .setReason(reason)
                            .setLeader(leader))
                    .build());
        }

        @Override
        public void onError(Throwable error) {
            answers.end();
        }

        @Override
        public void onCompleted() {
            answers.complete();
        }
    }

    private static String leaderOf(@Nullable Replica replica) {
        return replica == null ? "" : replica.leader().orElse("");
    }
}
