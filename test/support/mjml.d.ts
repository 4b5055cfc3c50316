// The part of mjml that is used: it comes without types.
declare module 'mjml' {
  function mjml2html(
    source: string,
    options: { validationLevel: 'strict'; fonts: Readonly<Record<string, string>> },
  ): Promise<{ html: string }>;
  export = mjml2html;
}
