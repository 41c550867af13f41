// SPDX-License-Identifier: Apache-2.0
package io.meridian.k8s;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what typed objects were given that their types do not know: a misspelt field would do nothing, silently. */
final class UnknownFields {
    private static final String MODEL = "io.fabric8.kubernetes.api.model.";

    private final List<String> found = new ArrayList<>();
    private int objects;

    private UnknownFields() {}

    /** The paths of unknown fields, at any depth. */
    static List<String> of(Object object) {
        UnknownFields search = new UnknownFields();
        search.look(object.getClass().getSimpleName(), object);
        if (search.objects < 2) {
            throw new AssertionError("looked at nothing below " + object);
        }
        return search.found;
    }

    private void look(String path, @Nullable Object value) {
        switch (value) {
            case null -> {
                return;
            }
            case Collection<?> items -> {
                int i = 0;
                for (Object item : items) {
                    look(path + "[" + i++ + "]", item);
                }
            }
            case Map<?, ?> map -> map.forEach((key, item) -> look(path + "." + key, item));
            case Object object when object.getClass().getName().startsWith(MODEL) -> lookInside(path, object);
            default -> {
                return;
            }
        }
    }

    private void lookInside(String path, Object object) {
        objects++;
        for (Method method : object.getClass().getMethods()) {
            if (method.getParameterCount() != 0
                    || Modifier.isStatic(method.getModifiers())
                    || !method.getName().startsWith("get")) {
                continue;
            }
            Object value = value(object, method);
            if (method.getName().equals("getAdditionalProperties") && value instanceof Map<?, ?> unknown) {
                unknown.keySet().forEach(key -> found.add(path + "." + key));
            } else {
                look(path + "." + method.getName().substring("get".length()), value);
            }
        }
    }

    private static @Nullable Object value(Object object, Method getter) {
        try {
            return getter.invoke(object);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(getter + " cannot be called", e);
        }
    }
}
