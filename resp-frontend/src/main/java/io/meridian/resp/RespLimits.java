// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

/**
 * What a connection may ask of this node.
 *
 * @param requestBytesMax bytes of one command line, all its words together
 * @param replyBytesMax bytes of the strings in one reply; a longer one is not sent
 * @param outputBytesMax replies that a client has not read yet; beyond them it is disconnected, unless it goes on to read
 * @param unreadMillisMax for so long such a client may read nothing, or one whose connection ends behind the replies
 * @param commandsMax commands of one connection that are not answered yet; no more are read then
 * @param connectionsMax open connections of all clients
 */
public record RespLimits(
        int requestBytesMax,
        int replyBytesMax,
        long outputBytesMax,
        long unreadMillisMax,
        int commandsMax,
        int connectionsMax) {
    /** The longest word and line that a connection may send before it has authenticated (networking.c has the same idea). */
    static final int UNAUTHENTICATED_BYTES_MAX = 16 * 1024;

    static final int UNAUTHENTICATED_WORDS_MAX = 10;

    /** All words of such a connection's command: whatever it sends, no buffer of ours grows beyond 64 KiB. */
    static final int UNAUTHENTICATED_REQUEST_MAX = 32 * 1024;

    /** Replies that such a connection leaves unread before it is closed. */
    static final int UNAUTHENTICATED_OUTPUT_MAX = 32 * 1024;

    /** So much input is taken and so much output gathered at a time while nobody knows who sends it. */
    static final int STRANGERS_CHUNK_BYTES = 16 * 1024;

    /** Replies that wait for those of commands before them: beyond these bytes no more commands are read. */
    static final int KEPT_BYTES_MAX = 1024 * 1024;

    /** A line that is not a command's word: an inline command, or a count (PROTO_INLINE_MAX_SIZE). */
    static final int LINE_BYTES_MAX = 64 * 1024;

    static final int WORDS_MAX = 1024 * 1024;
}
