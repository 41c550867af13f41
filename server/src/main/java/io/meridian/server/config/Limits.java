// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

/** The largest things that clients may send, get or hold; all in bytes where the name says no other. */
public record Limits(
        int requestBytes,
        int replyBytes,
        int httpBodyBytes,
        int httpHeaderBytes,
        int pipelineCommands,
        int keyBytes,
        int connections,
        long outputBytesPerConnection) {
    /** A value of 64 MiB with its command around it: more than one such is no message between nodes. */
    public static final int COMMAND_BYTES_MAX = 70 << 20;

    static Limits of(Values values) {
        return new Limits(
                Math.toIntExact(values.get(Settings.REQUEST_BYTES)),
                Math.toIntExact(values.get(Settings.REPLY_BYTES)),
                Math.toIntExact(values.get(Settings.HTTP_BODY_BYTES)),
                Math.toIntExact(values.get(Settings.HTTP_HEADER_BYTES)),
                values.get(Settings.PIPELINE_COMMANDS),
                Math.toIntExact(values.get(Settings.KEY_BYTES)),
                values.get(Settings.CONNECTIONS),
                values.get(Settings.OUTPUT_BYTES));
    }
}
