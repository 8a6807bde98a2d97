package dev.lockstep.data;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A slow variant of what another test covers in the main: {@code mvn -Pexhaustive verify} runs it,
 * {@code mvn verify} does not.
 */
@Tag("exhaustive")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Exhaustive {}
