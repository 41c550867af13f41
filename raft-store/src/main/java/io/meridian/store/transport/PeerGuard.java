// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.meridian.proto.Hello;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peer port's door: a call whose headers carry no hello that fits is refused before anything of it is read.
 *
 * <p>So what a stranger can make this node hold is a call's headers, 8 KiB.
 */
final class PeerGuard implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(PeerGuard.class);
    private static final Metadata.Key<byte[]> HELLO =
            Metadata.Key.of("meridian-hello-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final PeerIdentity self;
    private final AtomicLong refusals = new AtomicLong();
    private volatile String lastRefusal = "";

    PeerGuard(PeerIdentity self) {
        this.self = self;
    }

    /** What calls to {@code peer} must carry. */
    static ClientInterceptor introducing(PeerIdentity self, String peer) {
        Metadata headers = new Metadata();
        headers.put(HELLO, self.helloTo(peer).toByteArray());
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** How many calls were refused. */
    long refusals() {
        return refusals.get();
    }

    /** Why a call with these headers is refused; empty if it is not. */
    Optional<String> problemWith(Metadata headers) {
        byte[] hello = headers.get(HELLO);
        if (hello == null) {
            return Optional.of("it says no hello");
        }
        try {
            return self.problemWith(Hello.parseFrom(hello));
        } catch (InvalidProtocolBufferException e) {
            return Optional.of("its hello is none");
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Optional<String> problem = problemWith(headers);
        if (problem.isEmpty()) {
            return next.startCall(call, headers);
        }
        refused(problem.get());
        call.close(
                Status.FAILED_PRECONDITION.withDescription("refused by " + self.node() + ": " + problem.get()),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private void refused(String reason) {
        // A refused peer comes again every few seconds: one line a reason is enough, and what it says is not trusted.
        if (!reason.equals(lastRefusal)) {
            lastRefusal = reason;
            LOG.error("{}: refused a call of another node: {}", self.node(), reason);
        }
        refusals.incrementAndGet();
    }
}
