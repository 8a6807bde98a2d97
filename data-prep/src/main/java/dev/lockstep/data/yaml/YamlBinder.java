package dev.lockstep.data.yaml;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes values of YAML. It reads Jackson's annotations as Jackson does, but keeps texts as they
 * were written, cuts nothing off a number, and speaks of keys and values only.
 */
record YamlBinder(YamlValue value) {
  private static final int MOST_DIGITS = 20;

  Object bind(Type type) {
    JsonNode node = value.node();
    if (!value.isSaid()) {
      return type == boolean.class ? Boolean.FALSE : null;
    }
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == List.class
          ? list(generic.getActualTypeArguments()[0])
          : map(generic.getActualTypeArguments()[1]);
    }
    Class<?> of = (Class<?>) type;
    if (of == JsonNode.class) {
      return node;
    }
    if (of == Object.class) {
      return untyped(node);
    }
    if (of == String.class) {
      return scalar("a text");
    }
    if (of == Integer.class) {
      return (int) whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (of == Long.class) {
      return whole(Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (of == Double.class) {
      return number();
    }
    if (of == Boolean.class || of == boolean.class) {
      return flag();
    }
    if (of.isEnum()) {
      return word(of);
    }
    JsonSubTypes choices = of.getAnnotation(JsonSubTypes.class);
    if (choices != null) {
      return chosen(choices);
    }
    Optional<Executable> creator = creator(of);
    return creator.isPresent() ? created(creator.get()) : record(of);
  }

  private String scalar(String expected) {
    if (!value.node().isTextual()) {
      throw value.wrong(expected);
    }
    return value.node().textValue();
  }

  private long whole(long least, long most) {
    String expected = "a whole number";
    String text = scalar(expected);
    if (!PlainScalar.isNumber(text) || !Double.isFinite(PlainScalar.number(text))) {
      throw value.wrong(expected);
    }
    BigDecimal exact = new BigDecimal(PlainScalar.digits(text));
    boolean fits =
        (long) exact.precision() - exact.scale() < MOST_DIGITS
            && exact.compareTo(BigDecimal.valueOf(least)) >= 0
            && exact.compareTo(BigDecimal.valueOf(most)) <= 0;
    if (fits && exact.stripTrailingZeros().scale() > 0) {
      throw value.wrong(expected);
    }
    if (!fits) {
      throw value.wrong("a whole number from %d to %d".formatted(least, most));
    }
    return exact.longValueExact();
  }

  private double number() {
    String text = scalar("a number");
    if (!PlainScalar.isNumber(text)) {
      throw value.wrong("a number");
    }
    double number = PlainScalar.number(text);
    if (!Double.isFinite(number)) {
      throw value.wrong("a finite number");
    }
    return number;
  }

  private boolean flag() {
    return switch (scalar("true or false").toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw value.wrong("true or false");
    };
  }

  private Object word(Class<?> type) {
    Map<String, Object> words = new LinkedHashMap<>();
    Map<String, Object> others = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      Field field = field(type, ((Enum<?>) constant).name());
      words.put(spelling(field), constant);
      aliases(field).forEach(alias -> others.put(alias, constant));
    }
    String expected = "one of " + String.join(", ", words.keySet());
    String text = scalar(expected);
    if (others.containsKey(text)) {
      return others.get(text);
    }
    if (!words.containsKey(text)) {
      throw value.wrong(
          expected, "Did you mean '%s'?".formatted(Names.nearest(text, words.keySet())));
    }
    return words.get(text);
  }

  private static String spelling(Field constant) {
    JsonProperty property = constant.getAnnotation(JsonProperty.class);
    return property == null ? constant.getName() : property.value();
  }

  /** Other words for a constant or a component. */
  private static List<String> aliases(Field field) {
    JsonAlias aliases = field.getAnnotation(JsonAlias.class);
    return aliases == null ? List.of() : List.of(aliases.value());
  }

  private static Field field(Class<?> type, String name) {
    try {
      return type.getDeclaredField(name);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("expected a field for each constant and component", e);
    }
  }

  private List<Object> list(Type of) {
    List<Object> items = new ArrayList<>();
    value.items().forEach(item -> items.add(new YamlBinder(item).bind(of)));
    return items;
  }

  private Map<String, Object> map(Type of) {
    Map<String, Object> map = new LinkedHashMap<>();
    keys("keys with values").forEach(key -> map.put(key, needed(key).bind(of)));
    return map;
  }

  private List<String> keys(String expected) {
    if (!value.node().isObject()) {
      throw value.wrong(expected);
    }
    List<String> keys = new ArrayList<>();
    value.node().fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** The value of a key that is there to have one. */
  private YamlBinder needed(String key) {
    YamlValue found = value.get(key);
    if (!found.isSaid()) {
      throw new LockstepException(
          "%s: '%s' is empty".formatted(found.place(), found.path()),
          "Give it a value, or take the key out");
    }
    return new YamlBinder(found);
  }

  private static Object untyped(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      node.properties().forEach(e -> map.put(e.getKey(), untyped(e.getValue())));
      return map;
    }
    if (node.isArray()) {
      return node.valueStream().map(YamlBinder::untyped).toList();
    }
    return node instanceof PlainScalar plain ? plain.value() : node.textValue();
  }

  /** One key says which of several records its value is. */
  private Object chosen(JsonSubTypes choices) {
    List<String> names = Arrays.stream(choices.value()).map(JsonSubTypes.Type::name).toList();
    String expected = "one of %s, with its value".formatted(String.join(", ", names));
    List<String> keys = keys(expected);
    if (keys.size() != 1) {
      throw new LockstepException(
          "%s: '%s' must have one key, %s, but has %s"
              .formatted(
                  value.place(),
                  value.path(),
                  expected,
                  keys.isEmpty() ? "none" : String.join(", ", keys)),
          YamlValue.REMEDY);
    }
    int at = names.indexOf(keys.get(0));
    if (at < 0) {
      throw value.unknown(keys.get(0), names);
    }
    YamlBinder inner = needed(keys.get(0));
    // Errors name the item, as its one key says nothing that they do not.
    YamlValue named = new YamlValue(inner.value.node(), value.file(), value.path(), value.lines());
    return new YamlBinder(named).bind(choices.value()[at].value());
  }

  private static Optional<Executable> creator(Class<?> type) {
    return Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredConstructors()),
            Arrays.stream(type.getDeclaredMethods())
                .filter(m -> Modifier.isStatic(m.getModifiers())))
        .filter(e -> e.isAnnotationPresent(JsonCreator.class))
        .findFirst();
  }

  private Object created(Executable creator) {
    return call(creator, bind(creator.getGenericParameterTypes()[0]));
  }

  private Object record(Class<?> type) {
    if (!type.isRecord()) {
      throw new IllegalStateException("expected a type that YAML can be, got " + type);
    }
    RecordComponent[] components = type.getRecordComponents();
    List<String> known = Arrays.stream(components).map(RecordComponent::getName).toList();
    keys("keys with values, such as " + String.join(", ", known));
    Map<String, String> aliases = new LinkedHashMap<>();
    known.forEach(name -> aliases(field(type, name)).forEach(alias -> aliases.put(alias, name)));
    value.without(aliases.keySet()).refuseOthers(known);
    Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      arguments[i] =
          new YamlBinder(said(known.get(i), aliases)).bind(components[i].getGenericType());
    }
    try {
      return call(type.getDeclaredConstructor(types), arguments);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("expected a constructor of all components", e);
    }
  }

  /** The value of a component, whichever of its words was written. */
  private YamlValue said(String name, Map<String, String> aliases) {
    YamlValue found = value.get(name);
    for (Map.Entry<String, String> alias : aliases.entrySet()) {
      YamlValue other = value.get(alias.getKey());
      if (alias.getValue().equals(name) && other.isSaid()) {
        if (found.isSaid()) {
          throw new LockstepException(
              "%s: '%s' and '%s' are two words for one thing"
                  .formatted(other.place(), found.path(), other.path()),
              "Take one of them out");
        }
        found = other;
      }
    }
    return found;
  }

  private Object call(Executable creator, Object... arguments) {
    try {
      creator.setAccessible(true);
      return creator instanceof Method method
          ? method.invoke(null, arguments)
          : ((Constructor<?>) creator).newInstance(arguments);
    } catch (InvocationTargetException e) {
      String place = value.path().isEmpty() ? "" : "'" + value.path() + "': ";
      if (e.getCause() instanceof LockstepException known) {
        throw new LockstepException(
            value.place() + ": " + place + known.problem(), known.remedy(), known);
      }
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw new LockstepException(
            value.place() + ": " + place + wrong.getMessage(), YamlValue.REMEDY, wrong);
      }
      throw new IllegalStateException("expected a mistake that is named", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("expected to make a value of " + value.path(), e);
    }
  }
}
