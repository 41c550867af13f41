// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.meridian.engine.Args;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Decoding a pipeline of 16 commands that came in one piece; times are for one command.
 *
 * <p>Stands in the decoder's own package because the decoder is visible nowhere else, and must not become so for this.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RespDecoderBenchmark {
    private static final int PIPELINE = 16;
    private static final String KEY = "key:000000012345";

    private final byte[] gets = pipeline("GET", KEY);
    private final byte[] sets = pipeline("SET", KEY, "x".repeat(100));
    private final RespDecoder decoder = decoder();

    private static RespDecoder decoder() {
        RespDecoder decoder = new RespDecoder(new RespLimits(1 << 20, 1 << 20, 1 << 20, 1000, 1, 1));
        decoder.trust(true);
        return decoder;
    }

    private static byte[] pipeline(String... words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < PIPELINE; i++) {
            bytes.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            for (String word : words) {
                bytes.writeBytes(("$" + word.length() + "\r\n" + word + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.toByteArray();
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public void decodeGets(Blackhole hole) throws RespProtocolException {
        decode(gets, hole);
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public void decodeSets(Blackhole hole) throws RespProtocolException {
        decode(sets, hole);
    }

    private void decode(byte[] bytes, Blackhole hole) throws RespProtocolException {
        int commands = 0;
        decoder.restart(0);
        while (decoder.decode(bytes, bytes.length)) {
            Args args = decoder.args();
            hole.consume(args.lengthAt(1));
            commands++;
            decoder.restart(decoder.at());
        }
        if (commands != PIPELINE) {
            throw new IllegalStateException("decoded " + commands + " commands");
        }
    }
}
