// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.rest.HttpPeer.Answer;
import io.meridian.router.testing.LoneNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** A client of HTTP/2 with prior knowledge that sends whatever frames it is given; only header compression is Netty's. */
final class Http2Peer implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final Map<Integer, Long> settings = new HashMap<>();
    private boolean takesData = true;
    private int lastStream = -1;
    private int goneAway = -1;
    private int pongs;
    private boolean isEnded;

    /** What has come of an answer. */
    private static final class Stream {
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final StringBuilder body = new StringBuilder();
        private boolean isWhole;
        private int reset = -1;
    }

    Http2Peer(InetSocketAddress address) {
        try {
            socket = new Socket();
            // Small, so that a client that does not read fills it soon.
            socket.setReceiveBufferSize(16 * 1024);
            socket.setTcpNoDelay(true);
            socket.connect(address);
            socket.setSoTimeout(20_000);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
            send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(SETTINGS, 0, 0, new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the client gives no window for what it gets. */
    Http2Peer takeNothing() {
        takesData = false;
        return this;
    }

    /** From now on the client takes all, also on streams that are under way. */
    void takeAll(int... streams) {
        takesData = true;
        byte[] more = Unpooled.buffer(4).writeInt(1 << 24).array();
        frame(WINDOW_UPDATE, 0, 0, more);
        for (int id : streams) {
            frame(WINDOW_UPDATE, 0, id, more);
        }
    }

    /** Reads until so much of a stream's body has come. */
    void awaitBody(int id, int length) {
        Stream stream = stream(id);
        while (stream.body.length() < length && !isEnded) {
            read();
        }
    }

    /** Reads until a stream's head has come. */
    void awaitHead(int id) {
        Stream stream = stream(id);
        while (stream.headers.isEmpty() && !isEnded) {
            read();
        }
    }

    /** Reads all that was written before now; twice round, because what waits to be written may come after the first. */
    void roundTrips() {
        for (int i = 0; i < 2; i++) {
            int before = pongs;
            frame(PING, 0, 0, new byte[8]);
            while (pongs == before && !isEnded) {
                read();
            }
        }
    }

    /** How many answers have begun to come. */
    long begun() {
        return streams.values().stream()
                .filter(stream -> !stream.headers.isEmpty())
                .count();
    }

    /** Whether a stream's reset is among what was read. */
    boolean isReset(int id) {
        return stream(id).reset >= 0;
    }

    /** A whole request with the standard token; its stream. */
    int request(String method, String path, String body, String... headers) {
        int stream = open(method, path, body.isEmpty() ? END_HEADERS | END_STREAM : END_HEADERS, withToken(headers));
        if (!body.isEmpty()) {
            data(stream, body, true);
        }
        return stream;
    }

    Answer ask(String method, String path, String body, String... headers) {
        return answer(request(method, path, body, headers));
    }

    private static String[] withToken(String[] headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "authorization: Bearer " + LoneNode.TOKEN;
        return all;
    }

    /** Begins a request: headers are "name: value" in lower case. */
    int open(String method, String path, int flags, String... headers) {
        lastStream += 2;
        frame(HEADERS, flags, lastStream, block(method, path, headers));
        return lastStream;
    }

    byte[] block(String method, String path, String... headers) {
        String[] all = Arrays.copyOf(
                new String[] {":method: " + method, ":path: " + path, ":scheme: http", ":authority: x"},
                4 + headers.length);
        System.arraycopy(headers, 0, all, 4, headers.length);
        return block(all);
    }

    /** A header block of any fields. */
    byte[] block(String[] fields) {
        return block(encoder, fields);
    }

    /** The same for a connection of its own. */
    static byte[] block(DefaultHttp2HeadersEncoder encoder, String... fields) {
        Http2Headers all = new DefaultHttp2Headers(false);
        for (String field : fields) {
            int colon = field.indexOf(": ");
            all.add(field.substring(0, colon), field.substring(colon + 2));
        }
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, all, block);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    int nextStream() {
        lastStream += 2;
        return lastStream;
    }

    void data(int stream, String body, boolean isLast) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        int piece = 16_384;
        for (int at = 0; at == 0 || at < bytes.length; at += piece) {
            int end = Math.min(bytes.length, at + piece);
            frame(DATA, isLast && end == bytes.length ? END_STREAM : 0, stream, Arrays.copyOfRange(bytes, at, end));
        }
    }

    void frame(int type, int flags, int stream, byte[] payload) {
        send(framed(type, flags, stream, payload));
    }

    static byte[] framed(int type, int flags, int stream, byte[] payload) {
        return Unpooled.buffer(9 + payload.length)
                .writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload)
                .array();
    }

    void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until a stream's answer is whole, the stream is reset, or the connection ends. */
    Answer answer(int id) {
        Stream stream = stream(id);
        while (!stream.isWhole && stream.reset < 0 && !isEnded) {
            read();
        }
        if (!stream.isWhole) {
            return Answer.CLOSED;
        }
        Map<String, String> headers = new LinkedHashMap<>(stream.headers);
        int status = Integer.parseInt(java.util.Objects.requireNonNull(headers.remove(":status")));
        return new Answer(status, headers, stream.body.toString());
    }

    /** Reads until a stream is reset, and says with which code; -1 when the connection ended instead. */
    int reset(int id) {
        Stream stream = stream(id);
        while (stream.reset < 0 && !isEnded) {
            read();
        }
        return stream.reset;
    }

    /** Reads until the server goes away, and says with which code; -1 when the connection ended without a word. */
    int goneAway() {
        while (goneAway < 0 && !isEnded) {
            read();
        }
        return goneAway;
    }

    /** Reads until the connection ends. */
    void readToEnd() {
        while (!isEnded) {
            read();
        }
    }

    /** What the server allows: the value of a setting. */
    long setting(int id) {
        while (settings.isEmpty() && !isEnded) {
            read();
        }
        return settings.getOrDefault(id, -1L);
    }

    private Stream stream(int id) {
        return streams.computeIfAbsent(id, _ -> new Stream());
    }

    private void read() {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int id = in.readInt();
            byte[] payload = in.readNBytes(length);
            take(type, flags, id, payload);
        } catch (IOException | UncheckedIOException end) {
            isEnded = true;
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    private void take(int type, int flags, int id, byte[] payload) throws Http2Exception {
        switch (type) {
            case DATA -> {
                stream(id).body.append(new String(payload, StandardCharsets.ISO_8859_1));
                if (takesData && payload.length > 0) {
                    byte[] more = Unpooled.buffer(4).writeInt(payload.length).array();
                    frame(WINDOW_UPDATE, 0, 0, more);
                    if ((flags & END_STREAM) == 0) {
                        frame(WINDOW_UPDATE, 0, id, more);
                    }
                }
                stream(id).isWhole = (flags & END_STREAM) != 0;
            }
            case HEADERS -> {
                decoder.decodeHeaders(id, Unpooled.wrappedBuffer(payload))
                        .forEach(header -> stream(id)
                                .headers
                                .put(
                                        header.getKey().toString(),
                                        header.getValue().toString()));
                stream(id).isWhole = (flags & END_STREAM) != 0;
            }
            case RST_STREAM ->
                stream(id).reset = Unpooled.wrappedBuffer(payload).readInt();
            case PING -> pongs++;
            case GOAWAY ->
                goneAway = Unpooled.wrappedBuffer(payload).skipBytes(4).readInt();
            case SETTINGS -> {
                ByteBuf pairs = Unpooled.wrappedBuffer(payload);
                while (pairs.isReadable()) {
                    settings.put(pairs.readUnsignedShort(), pairs.readUnsignedInt());
                }
            }
            default -> {
                // Windows of the server: these tests send less than a window.
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
