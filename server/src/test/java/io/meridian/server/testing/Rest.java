// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** A client of one node's REST API. */
public record Rest(HttpClient http, String url, String token) implements AutoCloseable {
    private static final String SYNC_TOKEN = "upstash-sync-token";

    public static Rest open(String url, String token) {
        return new Rest(HttpClient.newHttpClient(), url, token);
    }

    /** What came back. */
    public record Answer(int status, String body, Map<String, String> headers) {
        public String syncToken() {
            return headers.getOrDefault(SYNC_TOKEN, "");
        }
    }

    /** Sends a command as its JSON array. */
    public Answer send(String json, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(json));
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Map<String, String> first = new java.util.HashMap<>();
            response.headers().map().forEach((name, values) -> first.put(name, values.getFirst()));
            return new Answer(response.statusCode(), response.body(), first);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    public Answer send(String json) {
        return send(json, Map.of());
    }

    /** Sends a command that must not fall behind a session token. */
    public Answer sendAfter(String syncToken, String json) {
        return send(json, Map.of(SYNC_TOKEN, syncToken));
    }

    @Override
    public void close() {
        http.close();
    }
}
