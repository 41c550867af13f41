// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** JSON as maps, lists, strings, numbers, booleans and {@link #NULL}; what a test expects and is not there ends it. */
final class JsonTree {
    static final Object NULL = new Object();

    private JsonTree() {}

    static Object parse(String json) {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            parser.nextToken();
            Object tree = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("more follows");
            }
            return tree;
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    @SuppressWarnings("unchecked") // An object's keys are strings.
    static Map<String, Object> object(@Nullable Object tree) {
        return (Map<String, Object>) Objects.requireNonNull(tree);
    }

    @SuppressWarnings("unchecked") // So are all lists made here.
    static List<Object> list(@Nullable Object tree) {
        return (List<Object>) Objects.requireNonNull(tree);
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> NULL;
            default -> throw new IOException("not JSON: " + parser.currentToken());
        };
    }
}
