// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

/**
 * What an HTTP client may ask of this node.
 *
 * @param requestBytesMax bytes of one command, all its words together
 * @param replyBytesMax bytes of one command's reply
 * @param bodyBytesMax bytes of a request's body, and of the replies to all its commands together
 * @param headerBytesMax bytes of a request's header block; not more than 32 KiB, so that with what is read at once no buffer
 *     grows beyond 64 KiB before a token was seen
 * @param commandsMax commands of one pipeline or transaction
 * @param connectionsMax open connections of all clients
 * @param headerMillisMax how long a request's header may take to arrive
 * @param idleMillisMax how long a connection may stay without a request
 */
public record RestLimits(
        int requestBytesMax,
        int replyBytesMax,
        int bodyBytesMax,
        int headerBytesMax,
        int commandsMax,
        int connectionsMax,
        long headerMillisMax,
        long idleMillisMax) {
    /** Words of all commands of a request: each takes memory, also an empty one (the same as RESP's for a command). */
    static final int WORDS_MAX = 1024 * 1024;

    /** Bytes of the request line of HTTP/1.1, which holds the words of a command in the path form. */
    static final int LINE_BYTES_MAX = 32 * 1024;
}
