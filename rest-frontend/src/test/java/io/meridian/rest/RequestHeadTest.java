// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.rest.HttpPeer.Answer;
import io.meridian.router.testing.LoneNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every request of HTTP/1 must begin with. */
class RequestHeadTest {
    private static final String AUTH = "Authorization: Bearer " + LoneNode.TOKEN;

    private final RestFixture rest = RestFixture.start();

    @AfterEach
    void stop() {
        rest.close();
    }

    /** RFC 9112 §3.2, RFC 9110 §15.6.6. */
    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1,,400,ERR malformed HTTP request: no Host header",
        "HTTP/1.9,,400,ERR malformed HTTP request: no Host header",
        "HTTP/1.1,Host: x|Host: x,400,ERR malformed HTTP request: more than one Host header",
        "HTTP/1.0,Host: x|HOST: y,400,ERR malformed HTTP request: more than one Host header",
        "HTTP/0.9,Host: x,505,ERR unsupported HTTP version",
        "HTTP/2.0,Host: x,505,ERR unsupported HTTP version",
        "HTTP/3.7,Host: x,505,ERR unsupported HTTP version",
        "HTTP/1.0,,200,",
        "HTTP/1.1,Host:,200,",
        "HTTP/1.9,host: x,200,",
    })
    void aRequestNamesOneHostAndAVersionThatIsKnown(
            String version, @Nullable String hosts, int status, @Nullable String error) {
        String hostLines = hosts == null ? "" : hosts.replace("|", "\r\n") + "\r\n";
        String smuggled = HttpPeer.request("GET", "/set/smuggled/1", "", AUTH);
        String request = "POST /ping " + version + "\r\n" + hostLines + AUTH + "\r\nContent-Length: 0\r\n\r\n"
                + (error == null ? "" : smuggled);
        for (int piece : new int[] {request.length(), 7, 1}) {
            try (HttpPeer http = rest.connect()) {
                for (int at = 0; at < request.length(); at += piece) {
                    http.sendUntilClosed(request.substring(at, Math.min(at + piece, request.length())));
                }

                Answer answer = http.read();
                assertThat(answer.status()).isEqualTo(status);
                if (error != null) {
                    assertThat(answer.body()).isEqualTo("{\"error\":\"" + error + "\"}");
                    assertThat(answer.header("connection")).isEqualTo("close");
                    http.endInput();
                    assertThat(http.isClosed()).isTrue();
                }
            }
        }
        try (HttpPeer http = rest.connect()) {
            assertThat(http.ask("GET", "/get/smuggled", "").body()).isEqualTo("{\"result\":null}");
        }
    }
}
