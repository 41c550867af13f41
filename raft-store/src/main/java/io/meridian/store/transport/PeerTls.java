// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import io.netty.handler.ssl.SslContext;
import java.util.function.Supplier;

/** TLS between nodes: each new connection, and each start of a server, asks for the context of the day. */
public record PeerTls(Supplier<SslContext> client, Supplier<SslContext> server) {}
