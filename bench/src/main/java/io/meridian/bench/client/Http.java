// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.client;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Asks an HTTP port of this machine whether all is well. */
public final class Http {
    private static final int TIMEOUT_MILLIS = 2000;

    private Http() {}

    /** Whether a GET of the path is answered with status 200; false also when nobody listens. */
    public static boolean isOk(int port, String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://" + Target.HOST + ":" + port + path)
                    .toURL()
                    .openConnection();
            try {
                connection.setConnectTimeout(TIMEOUT_MILLIS);
                connection.setReadTimeout(TIMEOUT_MILLIS);
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException notThere) {
            return false;
        }
    }
}
