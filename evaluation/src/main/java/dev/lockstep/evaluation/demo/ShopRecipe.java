package dev.lockstep.evaluation.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** How the shop's features are made: a recipe file, as anyone writes one. */
public final class ShopRecipe {
  /** Where the file's tables are. */
  private static final String FOLDER = "lockstep-demo/";

  private ShopRecipe() {}

  /** The file, for the shop's tables in a folder. */
  public static String text(String folder) {
    try (InputStream in = ShopRecipe.class.getResourceAsStream("recipe.yaml")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.replace(FOLDER, folder + "/");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
