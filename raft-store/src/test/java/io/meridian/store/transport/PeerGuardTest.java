// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static io.meridian.store.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.google.protobuf.ByteString;
import io.meridian.proto.Hello;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the peer port keeps of those who do not belong to the cluster. */
class PeerGuardTest {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_HEADERS = 4;
    private static final int FRAME_BYTES = 16 * 1024;

    private final TransportThreads threads = TransportThreads.start(1);
    private final PeerAddresses addresses = new PeerAddresses();

    @AfterEach
    void stop() {
        threads.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/io.meridian.proto.RaftPeer/Exchange", "/io.meridian.proto.Forwarding/Exchange", "/no/Such"})
    void aCallWithoutHelloIsRefusedBeforeItsFirstMessageIsWhole(String method) throws Exception {
        try (TestPeers node = TestPeers.start("test", "a", addresses, threads);
                RawHttp2 stranger = new RawHttp2(node.port())) {
            stranger.headers(method);
            // The beginning of a message of 64 MiB, whose rest does not come.
            stranger.data(ByteBuffer.allocate(FRAME_BYTES).putInt(1, 64 << 20).array());

            // A server that waits for the message answers nothing.
            stranger.awaitEndOfStream();
        }
    }

    @Test
    void aStrangersFloodIsDroppedAndTheNodeGoesOn() throws Exception {
        try (TestPeers node = TestPeers.start("test", "a", addresses, threads);
                RawHttp2 stranger = new RawHttp2(node.port())) {
            stranger.headers("/io.meridian.proto.RaftPeer/Exchange");
            byte[] chunk = ByteBuffer.allocate(FRAME_BYTES).putInt(1, 64 << 20).array();
            for (int sent = 0; sent < PeerChannels.FLOW_CONTROL_WINDOW_BYTES; sent += chunk.length) {
                stranger.data(chunk);
            }
            stranger.awaitEndOfStream();

            try (TestPeers other = TestPeers.start("test", "b", addresses, threads)) {
                addresses.put("a", "127.0.0.1", node.port());
                eventually("b is connected to a", () -> other.transport().isReady("a"));
            }
            assertThat(node.server().refusals()).isEqualTo(1);
        }
    }

    @Test
    void aNodeWithoutTheSecretIsRefused() {
        PeerIdentity self = PeerIdentity.starting("test", "a", 1, new PeerSecret("a word"));

        assertThat(self.problemWith(PeerIdentity.starting("test", "b", 1, new PeerSecret("a word"))
                        .helloTo("a")))
                .isEmpty();
        assertThat(self.problemWith(
                        PeerIdentity.starting("test", "b", 1, PeerSecret.NONE).helloTo("a")))
                .contains("its peer secret is not this node's");
        assertThat(self.problemWith(self.helloTo("a").toBuilder()
                        .setFromNode("b")
                        .setSecret(ByteString.copyFromUtf8("another"))
                        .build()))
                .isPresent();
        assertThat(self.toString()).doesNotContain("a word");
    }

    @Test
    void aNodeOfAnotherTopologyIsRefused() {
        PeerIdentity self = PeerIdentity.starting("test", "a", 1, PeerSecret.NONE);

        assertThat(self.problemWith(
                        PeerIdentity.starting("test", "b", 2, PeerSecret.NONE).helloTo("a")))
                .contains("node 'b' has other regions or nodes in its configuration than this one");
    }

    @Test
    void aNodeOfAnotherProtocolVersionIsRefusedOnBothEnds() {
        PeerIdentity a = PeerIdentity.starting("test", "a", 1, PeerSecret.NONE);
        PeerIdentity b = PeerIdentity.starting("test", "b", 1, PeerSecret.NONE);
        assertThat(a.problemWith(b.helloTo("a"))).isEmpty();
        assertThat(b.problemWith(a.welcome(), "a")).isEmpty();

        for (int other : new int[] {PeerIdentity.PROTOCOL_VERSION - 1, PeerIdentity.PROTOCOL_VERSION + 1}) {
            String problem = "it speaks protocol version " + other + ", this node " + PeerIdentity.PROTOCOL_VERSION;
            assertThat(a.problemWith(
                            b.helloTo("a").toBuilder().setProtocolVersion(other).build()))
                    .contains(problem);
            assertThat(b.problemWith(
                            a.welcome().toBuilder().setProtocolVersion(other).build(), "a"))
                    .contains(problem);
        }
    }

    @Test
    void aStreamThatBeginsWithAnotherProtocolVersionIsRefused() throws Exception {
        Hello newer = PeerIdentity.starting("test", "b", 0, PeerSecret.NONE).helloTo("a").toBuilder()
                .setProtocolVersion(PeerIdentity.PROTOCOL_VERSION + 1)
                .build();
        try (LoggedLines logged = new LoggedLines(Level.ERROR);
                TestPeers node = TestPeers.start("test", "a", addresses, threads);
                RawHttp2 peer = new RawHttp2(node.port())) {
            peer.headers("/io.meridian.proto.RaftPeer/Exchange", newer);

            peer.awaitEndOfStream();
            assertThat(node.server().refusals()).isEqualTo(1);
            assertThat(logged.containing("it speaks protocol version " + (PeerIdentity.PROTOCOL_VERSION + 1)))
                    .hasSize(1);
        }
    }

    @Test
    void aRefusedNodeIsToldOfOnce() throws Exception {
        try (LoggedLines logged = new LoggedLines(Level.ERROR);
                TestPeers node = TestPeers.start("test", "a", addresses, threads)) {
            for (int i = 0; i < 3; i++) {
                try (RawHttp2 stranger = new RawHttp2(node.port())) {
                    stranger.headers("/io.meridian.proto.RaftPeer/Exchange");
                    stranger.awaitEndOfStream();
                }
            }

            assertThat(node.server().refusals()).isEqualTo(3);
            assertThat(logged.containing("it says no hello")).hasSize(1);
        }
    }

    /** As much HTTP/2 as a stranger needs. */
    private static final class RawHttp2 implements AutoCloseable {
        private static final int READ_MILLIS_MAX = 30_000;
        private static final int END_STREAM = 1;
        private static final int RST_STREAM = 3;
        private static final int FRAME_HEAD_BYTES = 9;

        private final Socket socket;
        private final DataOutputStream out;
        private final DataInputStream in;

        RawHttp2(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(READ_MILLIS_MAX);
            out = new DataOutputStream(socket.getOutputStream());
            in = new DataInputStream(socket.getInputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(SETTINGS, 0, 0, new byte[0]);
        }

        /** Opens stream 1, with a hello. */
        void headers(String path, Hello hello) throws IOException {
            ByteArrayOutputStream more = new ByteArrayOutputStream();
            literal(more, "meridian-hello-bin", Base64.getEncoder().encodeToString(hello.toByteArray()));
            headers(path, more.toByteArray());
        }

        /** Opens stream 1. */
        void headers(String path) throws IOException {
            headers(path, new byte[0]);
        }

        private void headers(String path, byte[] more) throws IOException {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.write(0x83); // :method POST
            block.write(0x86); // :scheme http
            literal(block, ":path", path);
            literal(block, ":authority", "localhost");
            literal(block, "content-type", "application/grpc");
            literal(block, "te", "trailers");
            block.writeBytes(more);
            frame(HEADERS, END_HEADERS, 1, block.toByteArray());
        }

        void data(byte[] bytes) throws IOException {
            frame(DATA, 0, 1, bytes);
        }

        /** Returns once stream 1 was ended by the other side; fails when that does not happen. */
        void awaitEndOfStream() throws IOException {
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                in.readFully(new byte[length]);
                boolean ends = type == RST_STREAM || (type == HEADERS && (flags & END_STREAM) != 0);
                if (stream == 1 && ends) {
                    return;
                }
            }
        }

        /** A header without Huffman coding and without being remembered (RFC 7541 §6.2.2). */
        private static void literal(ByteArrayOutputStream block, String name, String value) {
            block.write(0);
            for (String text : new String[] {name, value}) {
                block.write(text.length());
                block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            }
        }

        private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD_BYTES + payload.length)
                    .putInt(payload.length << 8 | type)
                    .put((byte) flags)
                    .putInt(stream)
                    .put(payload);
            out.write(frame.array());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
