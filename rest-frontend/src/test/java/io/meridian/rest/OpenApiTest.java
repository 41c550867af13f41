// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static io.meridian.rest.JsonTree.list;
import static io.meridian.rest.JsonTree.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.rest.HttpPeer.Answer;
import io.meridian.router.testing.LoneNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The description that clients are given is well formed, and is what the server does. */
@Timeout(60)
class OpenApiTest {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");
    private static final Set<String> TYPES =
            Set.of("null", "boolean", "object", "array", "number", "string", "integer");
    private static final Pattern PLACE = Pattern.compile("\\{([^}]+)}");
    private static final String READ = "[[\"GET\",\"k\"]]";
    private static final String NULL_WORD = "[[\"GET\",null]]";
    private static final String LARGE = "v".repeat(RestFixture.REQUEST_MAX + 1);
    private static final String LARGE_HEADER = "X: " + "a".repeat(RestFixture.HEADER_MAX);

    private final RestFixture rest = RestFixture.start();
    private final Map<String, Object> document = fetched();

    @AfterEach
    void stop() {
        rest.close();
    }

    private Map<String, Object> fetched() {
        try (HttpPeer http = rest.connect()) {
            Answer answer = http.askWithoutToken("GET", "/openapi.json", "");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-type")).isEqualTo("application/json; charset=utf-8");
            // A stranger may ask for it again and again without reading: one more must fit above the mark for writing.
            assertThat(answer.body().length()).isLessThan(15 * 1024);
            return object(JsonTree.parse(answer.body()));
        }
    }

    @Test
    void itIsOpenApi31() throws IOException {
        assertThat((String) document.get("openapi")).matches("3\\.1\\.\\d+");
        Map<String, Object> about = object(document.get("info"));
        assertThat((String) about.get("title")).isNotEmpty();
        assertThat(Files.readString(Path.of(System.getProperty("basedir", "."), "pom.xml")))
                .contains("<version>" + about.get("version") + "-SNAPSHOT</version>");

        Set<String> operations = new HashSet<>();
        object(document.get("paths")).forEach((path, item) -> {
            assertThat(path).startsWith("/");
            Map<String, Object> byMethod = object(item);
            assertThat(byMethod.keySet()).allMatch(key -> METHODS.contains(key) || key.equals("parameters"));
            byMethod.forEach((method, operation) -> {
                if (METHODS.contains(method)) {
                    assertThat(operations.add((String) object(operation).get("operationId")))
                            .isTrue();
                    isOperation(path, byMethod, object(operation));
                }
            });
        });
        assertThat(operations).hasSizeGreaterThan(5);
        object(at("/components/securitySchemes"))
                .forEach(
                        (name, scheme) -> assertThat(object(scheme).get("type")).isIn("http", "apiKey"));
        Set<String> used = new TreeSet<>();
        isReferring(document, used);
        object(document.get("components")).forEach((kind, parts) -> {
            if (!kind.equals("securitySchemes")) {
                object(parts).keySet().forEach(name -> assertThat(used).contains("#/components/" + kind + "/" + name));
            }
        });
    }

    private void isOperation(String path, Map<String, Object> item, Map<String, Object> operation) {
        Set<String> places = new HashSet<>();
        for (Map<String, Object> parameter : parameters(item, operation)) {
            assertThat(parameter).containsKeys("name", "schema", "description");
            assertThat(parameter.get("in")).isIn("path", "query", "header");
            if ("path".equals(parameter.get("in"))) {
                assertThat(parameter.get("required")).isEqualTo(true);
                places.add((String) parameter.get("name"));
            }
        }
        Set<String> wanted = new HashSet<>();
        for (Matcher place = PLACE.matcher(path); place.find(); ) {
            wanted.add(place.group(1));
        }
        assertThat(places).isEqualTo(wanted);
        Map<String, Object> responses = object(operation.get("responses"));
        assertThat(responses).isNotEmpty();
        responses.forEach((status, response) -> {
            assertThat(status).matches("[1-5]\\d\\d|default");
            assertThat((String) resolved(response).get("description")).isNotEmpty();
            assertThat(object(resolved(response).get("content")).keySet()).allMatch(type -> type.contains("/"));
        });
        if (operation.containsKey("requestBody")) {
            assertThat(object(resolved(operation.get("requestBody")).get("content")))
                    .isNotEmpty();
        }
        for (Object requirement : list(operation.getOrDefault("security", document.get("security")))) {
            assertThat(object(at("/components/securitySchemes")).keySet())
                    .containsAll(object(requirement).keySet());
        }
    }

    /** Every reference leads somewhere, and every schema has types that JSON has. */
    private void isReferring(Object tree, Set<String> used) {
        if (tree instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                used.add(reference);
                assertThat(at(reference.substring(1))).isNotNull();
            }
            Object type = map.get("type");
            if (type instanceof List<?> types) {
                assertThat(types).allMatch(TYPES::contains);
            }
            map.values().forEach(part -> isReferring(part, used));
        } else if (tree instanceof List<?> items) {
            items.forEach(part -> isReferring(part, used));
        }
    }

    @Test
    void itHasEveryPath() {
        assertThat(object(document.get("paths")).keySet())
                .containsExactlyInAnyOrder(
                        "/",
                        "/{command}/{argument}",
                        RestExchange.PIPELINE_PATH,
                        RestExchange.TRANSACTION_PATH,
                        RestExchange.LIVE_PATH,
                        RestExchange.READY_PATH,
                        RestExchange.DESCRIPTION_PATH);
    }

    /** A request for each status that an operation has. */
    private Map<String, Function<HttpPeer, Answer>> requests() {
        Map<String, Function<HttpPeer, Answer>> all = new LinkedHashMap<>();
        all.put("command 200", http -> http.post("/", "[\"GET\",\"k\"]"));
        all.put("command 400", http -> http.post("/", "[\"INCR\",\"text\"]"));
        all.put("command 401", http -> http.askWithoutToken("POST", "/", "[\"PING\"]"));
        all.put("command 413", http -> http.post("/", "[\"SET\",\"k\",\"" + LARGE + "\"]"));
        all.put("command 503", http -> withoutLeader(() -> http.post("/", "[\"SET\",\"k\",\"v\"]")));
        all.put("command default", http -> http.post("/", "[\"PING\"]", LARGE_HEADER));
        all.put("commandInPath 200", http -> http.ask("GET", "/lrange/list/0/-1", ""));
        all.put("commandInPath 400", http -> http.ask("GET", "/incr/text", ""));
        all.put("commandInPath 401", http -> http.askWithoutToken("GET", "/get/k", ""));
        all.put("commandInPath 503", http -> withoutLeader(() -> http.ask("GET", "/set/k/v", "")));
        all.put("commandInPath default", http -> http.ask("GET", "/get/k", "", LARGE_HEADER));
        all.put("commandInPathWithBody 200", http -> http.ask("POST", "/get", "k"));
        all.put("commandInPathWithBody 400", http -> http.ask("POST", "/incr", "text"));
        all.put("commandInPathWithBody 401", http -> http.askWithoutToken("POST", "/get", "k"));
        all.put("commandInPathWithBody 413", http -> http.ask("POST", "/set/k", LARGE));
        all.put("commandInPathWithBody 503", http -> withoutLeader(() -> http.ask("POST", "/set/k", "v")));
        all.put("commandInPathWithBody default", http -> http.ask("POST", "/get", "k", LARGE_HEADER));
        all.put("pipeline 200", http -> http.post("/pipeline", "[[\"NOSUCH\"],[\"GET\",\"k\"]]"));
        all.put("pipeline 400", http -> http.post("/pipeline", NULL_WORD));
        all.put("pipeline 401", http -> http.askWithoutToken("POST", "/pipeline", READ));
        all.put("pipeline 413", http -> http.post("/pipeline", "[\"" + LARGE.repeat(10) + "\"]"));
        all.put("pipeline default", http -> http.post("/pipeline", READ, LARGE_HEADER));
        all.put("transaction 200", http -> http.post("/multi-exec", READ));
        all.put("transaction 400", http -> http.post("/multi-exec", NULL_WORD));
        all.put("transaction 401", http -> http.askWithoutToken("POST", "/multi-exec", READ));
        all.put("transaction 413", http -> http.post("/multi-exec", "[\"" + LARGE.repeat(10) + "\"]"));
        all.put("transaction 503", http -> withoutLeader(() -> http.post("/multi-exec", "[[\"SET\",\"k\",\"v\"]]")));
        all.put("transaction default", http -> http.post("/multi-exec", READ, LARGE_HEADER));
        all.put("livez 200", http -> http.askWithoutToken("GET", "/livez", ""));
        all.put("livez 503", http -> http.askWithoutToken("GET", "/livez?sync", ""));
        all.put("readyz 200", http -> http.askWithoutToken("GET", "/readyz", ""));
        all.put("readyz 503", http -> http.askWithoutToken("GET", "/readyz?sync&timeout=5s", ""));
        all.put("openapi 200", http -> http.askWithoutToken("GET", "/openapi.json", ""));
        return all;
    }

    @Test
    void eachStatusOfEachOperationIsAnsweredAsDescribed() {
        try (HttpPeer http = rest.connect()) {
            http.ask("GET", "/set/text/x", "");
            http.ask("GET", "/rpush/list/a/b", "");
        }
        Map<String, Function<HttpPeer, Answer>> requests = requests();
        Set<String> described = new TreeSet<>();
        operations().forEach((id, operation) -> {
            Map<String, Object> responses = object(operation.get("responses"));
            responses.forEach((status, response) -> {
                String name = id + " " + status;
                described.add(name);
                assertThat(requests).as("a request that is answered so").containsKey(name);
                try (HttpPeer http = rest.connect()) {
                    isAsDescribed(
                            name,
                            Objects.requireNonNull(requests.get(name)).apply(http),
                            responses.keySet(),
                            resolved(response));
                }
            });
        });
        assertThat(described).isEqualTo(new TreeSet<>(requests.keySet()));
    }

    private void isAsDescribed(String name, Answer answer, Set<String> statuses, Map<String, Object> response) {
        String status = String.valueOf(answer.status());
        if (name.endsWith("default")) {
            assertThat(statuses).as(name).doesNotContain(status);
        } else {
            assertThat(name).endsWith(" " + status);
        }
        String type = answer.header("content-type").replaceFirst(";.*", "");
        Map<String, Object> content = object(response.get("content"));
        assertThat(content).as(name).containsKey(type);
        if (type.equals("application/json")) {
            Object body = JsonTree.parse(answer.body());
            assertThat(conforms(body, object(content.get(type)).get("schema")))
                    .as(name + ": " + answer.body())
                    .isTrue();
        }
        Set<String> headers = new TreeSet<>();
        object(response.getOrDefault("headers", Map.of()))
                .keySet()
                .forEach(header -> headers.add(header.toLowerCase(Locale.ROOT)));
        Set<String> sent = new TreeSet<>(answer.headers().keySet());
        sent.removeIf(header -> !header.matches("(upstash|meridian)-.*|retry-after"));
        assertThat(sent).as(name).isEqualTo(headers);
    }

    @Test
    void eachHeaderOfARequestHasTheEffectDescribed() {
        Map<String, List<Object>> values = new LinkedHashMap<>();
        operations().values().stream()
                .flatMap(operation -> parameters(Map.of(), operation).stream())
                .filter(parameter -> "header".equals(parameter.get("in")))
                .forEach(parameter -> values.put(
                        String.valueOf(parameter.get("name")).toLowerCase(Locale.ROOT),
                        list(object(parameter.get("schema")).getOrDefault("enum", List.of()))));
        assertThat(values.keySet())
                .containsExactlyInAnyOrder(
                        RestFormat.ENCODING.toString(),
                        RestFormat.RESPONSE_FORMAT.toString(),
                        RestResponses.SYNC_TOKEN.toString(),
                        RestExchange.CONSISTENCY.toString());
        try (HttpPeer http = rest.connect()) {
            http.ask("GET", "/set/k/v", "");
            values.forEach((name, allowed) -> {
                for (Object value : allowed) {
                    assertThat(http.ask("GET", "/get/k", "", name + ": " + value)
                                    .status())
                            .isEqualTo(200);
                }
                String none = name + ": none-of-these";
                boolean isStrict = name.equals(RestFormat.RESPONSE_FORMAT.toString())
                        || name.equals(RestExchange.CONSISTENCY.toString());
                assertThat(http.ask("GET", "/get/k", "", none).status()).isEqualTo(isStrict ? 400 : 200);
            });
            assertThat(http.ask("GET", "/get/k", "", "Upstash-Encoding: base64").body())
                    .isEqualTo("{\"result\":\"dg==\"}");
            assertThat(http.ask("GET", "/get/k", "", "Upstash-Response-Format: resp2")
                            .header("content-type"))
                    .isEqualTo("application/octet-stream");
            assertThat(http.ask("GET", "/get/k", "", "Upstash-Sync-Token: x").header("meridian-consistency"))
                    .isEqualTo("session");
            assertThat(http.ask("GET", "/get/k", "", "Meridian-Consistency: linearizable")
                            .header("meridian-consistency"))
                    .isEqualTo("linearizable");
            assertThat(http.askWithoutToken("GET", "/get/k?_token=" + LoneNode.TOKEN, "")
                            .status())
                    .isEqualTo(200);
        }
    }

    private Answer withoutLeader(java.util.function.Supplier<Answer> request) {
        rest.node().replica().lead(false);
        try {
            return request.get();
        } finally {
            rest.node().replica().lead(true);
        }
    }

    private Map<String, Map<String, Object>> operations() {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        object(document.get("paths"))
                .values()
                .forEach(item -> object(item).forEach((method, operation) -> {
                    if (METHODS.contains(method)) {
                        all.put((String) object(operation).get("operationId"), object(operation));
                    }
                }));
        return all;
    }

    private List<Map<String, Object>> parameters(Map<String, Object> item, Map<String, Object> operation) {
        List<Map<String, Object>> all = new ArrayList<>();
        list(item.getOrDefault("parameters", List.of())).forEach(parameter -> all.add(resolved(parameter)));
        list(operation.getOrDefault("parameters", List.of())).forEach(parameter -> all.add(resolved(parameter)));
        return all;
    }

    private Map<String, Object> resolved(@Nullable Object part) {
        return object(part).get("$ref") instanceof String reference ? object(at(reference.substring(1))) : object(part);
    }

    /** What a JSON pointer points at; none of ours has escapes. */
    private Object at(String pointer) {
        Object part = document;
        for (String name : pointer.substring(1).split("/", -1)) {
            part = Objects.requireNonNull(object(part).get(name), pointer);
        }
        return part;
    }

    /** As much of JSON Schema as the document uses. */
    private boolean conforms(@Nullable Object value, @Nullable Object schema) {
        Map<String, Object> rules = resolved(schema);
        if (rules.get("anyOf") instanceof List<?> choices
                && choices.stream().noneMatch(choice -> conforms(value, choice))) {
            return false;
        }
        Object type = rules.get("type");
        List<?> types = type instanceof List<?> several ? several : type == null ? List.of() : List.of(type);
        if (!types.isEmpty() && types.stream().noneMatch(one -> isOf(value, one))) {
            return false;
        }
        if (value instanceof List<?> items && rules.containsKey("items")) {
            return items.stream().allMatch(item -> conforms(item, rules.get("items")));
        }
        if (value instanceof Map<?, ?> members && rules.containsKey("properties")) {
            Map<String, Object> properties = object(rules.get("properties"));
            return members.keySet().containsAll(list(rules.get("required")))
                    && members.entrySet().stream()
                            .allMatch(member -> properties.containsKey((String) member.getKey())
                                    && conforms(member.getValue(), properties.get((String) member.getKey())));
        }
        return true;
    }

    private static boolean isOf(@Nullable Object value, Object type) {
        return switch ((String) type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Long;
            case "number" -> value instanceof Number;
            case "boolean" -> value instanceof Boolean;
            default -> Objects.equals(value, JsonTree.NULL);
        };
    }
}
