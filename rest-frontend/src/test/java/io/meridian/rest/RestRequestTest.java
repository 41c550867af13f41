// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of a request whose end has not come. */
class RestRequestTest {
    private static RestRequest ofStranger(String method, String uri, String... headers) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), uri);
        for (String header : headers) {
            int colon = header.indexOf(": ");
            request.headers().add(header.substring(0, colon), header.substring(colon + 2));
        }
        return RestRequest.ofStranger(request);
    }

    @Test
    void ofAStrangersRequestOnlyWhatItIsAnsweredByIsKept() {
        RestRequest request = ofStranger(
                "GET",
                "/readyz?sync&timeout=1s",
                "host: x",
                "cookie: " + "c".repeat(10_000),
                "origin: https://app.example",
                "accept-encoding: br",
                "accept-encoding: gzip;q=0.5",
                "upstash-response-format: resp2");

        assertThat(request.path()).isEqualTo("/readyz");
        assertThat(request.query()).isEqualTo("sync&timeout=1s");
        assertThat(request.keepAlive()).isTrue();
        assertThat(request.headers().entries())
                .extracting(header -> header.getKey() + ": " + header.getValue())
                .containsExactlyInAnyOrder(
                        "origin: https://app.example", "accept-encoding: gzip", "upstash-response-format: resp2");
    }

    @Test
    void nothingOfAStrangersIsKeptAtLength() {
        String long16K = "a".repeat(16 * 1024);
        for (RestRequest request : new RestRequest[] {
            ofStranger("OPTIONS", "/set/" + long16K),
            ofStranger("OPTIONS", "/pipeline?_token=" + long16K),
            ofStranger(long16K, "/"),
            ofStranger(
                    "POST",
                    "/livez?" + long16K,
                    "origin: " + long16K,
                    "accept-encoding: gzip, " + long16K,
                    "upstash-encoding: " + long16K,
                    "upstash-response-format: " + long16K),
        }) {
            int chars = request.method().name().length()
                    + request.path().length()
                    + request.query().length();
            for (Map.Entry<String, String> header : request.headers()) {
                chars += header.getKey().length() + header.getValue().length();
            }
            assertThat(chars).isLessThan(1024);
        }
    }
}
