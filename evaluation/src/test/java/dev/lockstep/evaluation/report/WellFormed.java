package dev.lockstep.evaluation.report;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;

/** Reads a page as XML, which every browser understands alike. */
public final class WellFormed {
  private WellFormed() {}

  /** The page's elements; fails where it is not well formed. */
  public static Document page(String html) throws Exception {
    String body = html.replace("<!DOCTYPE html>", "");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
  }
}
