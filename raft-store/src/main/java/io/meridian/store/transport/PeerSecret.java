// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;

/** What all nodes of a cluster know and nobody else does; empty where they have no such word. Never shown. */
public record PeerSecret(String word) {
    public static final PeerSecret NONE = new PeerSecret("");

    ByteString bytes() {
        return ByteString.copyFromUtf8(word);
    }

    /** Takes as long for a wrong word as for the right one. */
    boolean isSaidBy(ByteString said) {
        return MessageDigest.isEqual(bytes().toByteArray(), said.toByteArray());
    }

    @Override
    public String toString() {
        return "PeerSecret[hidden]";
    }
}
