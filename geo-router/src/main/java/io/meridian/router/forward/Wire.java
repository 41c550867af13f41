// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridian.engine.Args;
import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.CommandCodec;
import io.meridian.engine.entry.ReplyCodec;
import io.meridian.proto.Answer;
import io.meridian.proto.BundleRequest;
import io.meridian.proto.Failure;
import io.meridian.proto.RidingRead;
import io.meridian.router.Replica;
import java.util.List;

/** Between what the router holds and what stands in forwarded messages. */
final class Wire {
    /** A reply that is no longer than the error that would stand for it is always sent. */
    private static final int SMALL_BYTES = 128;

    private static final Reply.Failure NO_ROOM = new Reply.Failure(
            "ERR the replies of these commands together are too long to be sent from the leader, read again");

    private Wire() {}

    /** Wraps the bundle's own bytes: it is not changed once it is sent. */
    static BundleRequest bundle(String group, Bundle bundle, List<Args> reads) {
        BundleRequest.Builder request = BundleRequest.newBuilder()
                .setGroup(group)
                .setOrigin(bundle.origin())
                .setSequence(bundle.sequence())
                .setAckedBelow(bundle.ackedBelow())
                .setAttempt(bundle.attempt())
                .setWriteCount(bundle.writes())
                .setWrites(UnsafeByteOperations.unsafeWrap(
                        bundle.bytes().array(), 0, bundle.bytes().length()));
        int read = 0;
        for (int position = 0; position < bundle.size(); position++) {
            Bundle.Item item = bundle.items().get(position);
            if (item.query() != null) {
                request.addReads(RidingRead.newBuilder()
                        .setPosition(position)
                        .setDatabase(item.database())
                        .setNumber(item.number())
                        .setArgs(args(reads.get(read++))));
            }
        }
        return request.build();
    }

    static ByteString args(Args args) {
        ByteWriter out = new ByteWriter(args.byteCount() + 5 + 5 * args.count());
        CommandCodec.writeArgs(out, args);
        return UnsafeByteOperations.unsafeWrap(out.array(), 0, out.length());
    }

    static Args args(ByteString bytes) {
        Args args = new Args();
        CommandCodec.readArgs(new ByteReader(Bytes.of(bytes.toByteArray())), args);
        return args;
    }

    /** One reply to a read. */
    static Answer answer(Reply reply, Replica.Shown shown) {
        return encoded(new Reply[] {reply})
                .setIncarnation(shown.incarnation())
                .setIndex(shown.index())
                .setStalenessMillis(shown.stalenessMillis())
                .build();
    }

    static Replica.Shown shown(Answer answer) {
        return new Replica.Shown(answer.getIncarnation(), answer.getIndex(), answer.getStalenessMillis());
    }

    /**
     * The replies to a bundle that was applied, the longest replaced by errors.
     *
     * <p>A write's reply gives way only to its own limit, or where the writes' replies alone are more than a message holds;
     * a read's also when there is no room for it. An error instead of a write's reply says that the write was applied.
     *
     * @param replyBytesMax the limit of each reply
     * @param readBytesMax the limit of the replies to all reads of the bundle together
     */
    static Answer.Builder answer(List<Bundle.Item> items, Reply[] replies, long replyBytesMax, long readBytesMax) {
        Reply[] sent = replies.clone();
        long left = AnswerQueue.BYTES_MAX;
        for (int i = 0; i < sent.length; i++) {
            if (items.get(i).query() == null) {
                long length = ReplyCodec.length(sent[i]);
                long max = Math.min(left, replyBytesMax);
                if (length > Math.max(max, SMALL_BYTES)) {
                    sent[i] = appliedButTooLong(max, length);
                } else {
                    left -= length;
                }
            }
        }
        left = Math.min(left, readBytesMax);
        for (int i = 0; i < sent.length; i++) {
            if (items.get(i).query() != null) {
                long length = ReplyCodec.length(sent[i]);
                if (length > replyBytesMax) {
                    sent[i] = tooLong(replyBytesMax, length);
                } else if (length > Math.max(left, SMALL_BYTES)) {
                    sent[i] = NO_ROOM;
                } else {
                    left -= length;
                }
            }
        }
        return encoded(sent);
    }

    private static Answer.Builder encoded(Reply[] replies) {
        long length = 0;
        for (Reply reply : replies) {
            length += ReplyCodec.length(reply);
        }
        ByteWriter out = new ByteWriter(Math.toIntExact(length));
        for (Reply reply : replies) {
            ReplyCodec.write(out, reply);
        }
        return Answer.newBuilder()
                .setReplyCount(replies.length)
                .setReplies(UnsafeByteOperations.unsafeWrap(out.array(), 0, out.length()));
    }

    /** Upstash's words for what is longer than allowed. */
    static Reply.Failure tooLong(long limit, long actual) {
        return new Reply.Failure(
                "ERR max request size exceeded. Limit: " + limit + " bytes, Actual: " + actual + " bytes");
    }

    private static Reply.Failure appliedButTooLong(long limit, long actual) {
        return new Reply.Failure("UNKNOWN applied, but its reply is too long to be sent from the leader." + " Limit: "
                + limit + " bytes, Actual: " + actual + " bytes");
    }

    static Failure.Outcome outcome(Bundle.Outcome outcome) {
        return switch (outcome) {
            case NOT_APPLIED -> Failure.Outcome.NOT_APPLIED;
            case TAKES_NO_WRITES -> Failure.Outcome.TAKES_NO_WRITES;
            case UNKNOWN -> Failure.Outcome.UNKNOWN;
        };
    }

    /** One of another version's is taken for the least that can be known. */
    static Bundle.Outcome outcome(Failure failure) {
        return switch (failure.getOutcome()) {
            case NOT_APPLIED -> Bundle.Outcome.NOT_APPLIED;
            case TAKES_NO_WRITES -> Bundle.Outcome.TAKES_NO_WRITES;
            case UNKNOWN, UNRECOGNIZED -> Bundle.Outcome.UNKNOWN;
        };
    }

    static Reply[] replies(Answer answer) {
        ByteReader in = new ByteReader(Bytes.of(answer.getReplies().toByteArray()));
        Reply[] replies = new Reply[answer.getReplyCount()];
        for (int i = 0; i < replies.length; i++) {
            replies[i] = ReplyCodec.read(in);
        }
        return replies;
    }
}
