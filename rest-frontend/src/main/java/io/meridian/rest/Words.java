// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.meridian.engine.Args;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.Arrays;

/** The words of all commands of one JSON body, one behind the other in one array, and counted while they are read. */
final class Words {
    private static final char REPLACEMENT = '\ufffd';

    private byte[] array;
    private int length;
    private int count;

    /** @param bodyBytes of the JSON: its words need no more, as UTF-8 is what clients send */
    Words(int bodyBytes) {
        array = new byte[bodyBytes];
    }

    /** Where the words are; grows, so that commands are {@link Args#moved} to it at the end. */
    byte[] array() {
        return array;
    }

    /** The command up to the end of an array that has begun. */
    Args next(JsonParser parser, String whenEmpty) throws IOException, RestException {
        Args args = new Args();
        args.begin(array);
        while (true) {
            JsonToken token = parser.nextToken();
            int start = length;
            switch (token) {
                case END_ARRAY -> {
                    if (args.count() == 0) {
                        throw RestException.badRequest(whenEmpty);
                    }
                    return args;
                }
                case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                    append(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
                case VALUE_NULL -> throw RestException.badRequest(RestErrors.NULL_ARGUMENT);
                case START_ARRAY -> throw RestException.badRequest(RestErrors.nestedArgument('['));
                case START_OBJECT -> throw RestException.badRequest(RestErrors.nestedArgument('{'));
                case null, default -> throw RestException.badRequest(RestErrors.NOT_AN_ARRAY);
            }
            if (count == RestLimits.WORDS_MAX) {
                throw new RestException(
                        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, RestErrors.tooManyWords(RestLimits.WORDS_MAX));
            }
            count++;
            args.add(start, length);
        }
    }

    /** As UTF-8; half of a surrogate pair becomes U+FFFD, as Go's decoder has it, and with it Upstash. */
    private void append(char[] text, int offset, int chars) {
        int end = offset + chars;
        reserve(chars);
        for (int i = offset; i < end; i++) {
            char c = text[i];
            if (c < 0x80) {
                array[length++] = (byte) c;
            } else {
                boolean isPair = Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text[i + 1]);
                int point = isPair ? Character.toCodePoint(c, text[++i]) : Character.isSurrogate(c) ? REPLACEMENT : c;
                // Four bytes at most for this one, and one at least for each that follows.
                reserve(4 + end - i);
                encode(point);
            }
        }
    }

    private void encode(int point) {
        if (point < 0x800) {
            array[length++] = (byte) (0xC0 | (point >> 6));
        } else {
            if (point < 0x10000) {
                array[length++] = (byte) (0xE0 | (point >> 12));
            } else {
                array[length++] = (byte) (0xF0 | (point >> 18));
                array[length++] = (byte) (0x80 | ((point >> 12) & 0x3F));
            }
            array[length++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        }
        array[length++] = (byte) (0x80 | (point & 0x3F));
    }

    private void reserve(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(Math.addExact(length, more), array.length + (array.length >> 1)));
        }
    }
}
