// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Meridian this is. */
public final class Version {
    private static final String TEXT = read();

    private Version() {}

    /** As the build has it: {@code 0.1.0-SNAPSHOT}. */
    public static String text() {
        return TEXT;
    }

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("the build left out version.properties");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}
