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
import io.meridian.proto.RidingRead;
import io.meridian.router.Replica;
import java.util.List;

/** Between what the router holds and what stands in forwarded messages. */
final class Wire {
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

    static Answer.Builder answer(Reply[] replies, long incarnation, long index) {
        ByteWriter out = new ByteWriter(64);
        for (Reply reply : replies) {
            ReplyCodec.write(out, reply);
        }
        return Answer.newBuilder()
                .setIncarnation(incarnation)
                .setIndex(index)
                .setReplyCount(replies.length)
                .setReplies(UnsafeByteOperations.unsafeWrap(out.array(), 0, out.length()));
    }

    static Answer answer(Reply reply, Replica.Shown shown) {
        return answer(new Reply[] {reply}, shown.incarnation(), shown.index())
                .setStalenessMillis(shown.stalenessMillis())
                .build();
    }

    static Replica.Shown shown(Answer answer) {
        return new Replica.Shown(answer.getIncarnation(), answer.getIndex(), answer.getStalenessMillis());
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
