// What the secure page says, in the languages that it speaks. `{to}`, `{tries}` and `{minutes}` are filled in.

export const PAGE_LANGUAGES = ['en', 'de', 'fr', 'es'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

export interface PageWords {
  readonly title: string;
  readonly ask: string;
  readonly askButton: string;
  readonly inApp: string;
  readonly sent: string;
  readonly codeLabel: string;
  readonly openButton: string;
  readonly again: string;
  readonly againButton: string;
  readonly wrong: string;
  readonly noDigits: string;
  readonly over: string;
  readonly nowhere: string;
  readonly nowhereHow: string;
  readonly tooOften: string;
  readonly stale: string;
  readonly hidden: string;
  readonly closes: string;
  readonly invalid: string;
  readonly invalidHow: string;
}

export const pageWords: Readonly<Record<PageLanguage, PageWords>> = {
  en: {
    title: 'A secure message for you',
    ask: 'To open it, you need a code. We send it to another address of yours than the one this link came to.',
    askButton: 'Send me a code',
    inApp: 'This message is encrypted for your app. Open this link on the phone with the app.',
    sent: 'We sent a code with six digits to {to}. It is good for {minutes} minutes.',
    codeLabel: 'Code',
    openButton: 'Open',
    again: 'No code there? Look among unwanted mail, and wait a minute.',
    againButton: 'Send me another code',
    wrong: 'This code is not right. Tries left: {tries}.',
    noDigits: 'A code has six digits.',
    over: 'This code is not good any more. Ask for another one.',
    nowhere: 'We cannot send you a code.',
    nowhereHow:
      'We know no second address of yours that is verified and may be used. Open the link in the app, or ask the sender to give you the message in another way.',
    tooOften: 'That was too often. Wait {minutes} min and try again.',
    stale: 'This page was open for too long, or your browser keeps no cookies. Please try again.',
    hidden: 'Parts shown as **** are in the app only.',
    closes:
      'This page closes after {minutes} minutes. Close it yourself if others use this device.',
    invalid: 'This link is not valid any more',
    invalidHow: 'Links work for a short time. Ask the sender if you still need the message.',
  },
  de: {
    title: 'Eine sichere Nachricht für Sie',
    ask: 'Zum Öffnen brauchen Sie einen Code. Wir senden ihn an eine andere Adresse von Ihnen als die, an die dieser Link ging.',
    askButton: 'Code senden',
    inApp:
      'Diese Nachricht ist für Ihre App verschlüsselt. Öffnen Sie diesen Link auf dem Telefon mit der App.',
    sent: 'Wir haben einen Code mit sechs Ziffern an {to} gesendet. Er gilt {minutes} Minuten.',
    codeLabel: 'Code',
    openButton: 'Öffnen',
    again: 'Kein Code da? Sehen Sie bei unerwünschter Post nach und warten Sie eine Minute.',
    againButton: 'Noch einen Code senden',
    wrong: 'Dieser Code stimmt nicht. Versuche übrig: {tries}.',
    noDigits: 'Ein Code hat sechs Ziffern.',
    over: 'Dieser Code gilt nicht mehr. Fordern Sie einen neuen an.',
    nowhere: 'Wir können Ihnen keinen Code senden.',
    nowhereHow:
      'Wir kennen keine zweite Adresse von Ihnen, die bestätigt ist und benutzt werden darf. Öffnen Sie den Link in der App, oder bitten Sie den Absender um einen anderen Weg.',
    tooOften: 'Das war zu oft. Warten Sie {minutes} min und versuchen Sie es noch einmal.',
    stale:
      'Diese Seite war zu lange offen, oder Ihr Browser behält keine Cookies. Bitte noch einmal.',
    hidden: 'Was als **** erscheint, steht nur in der App.',
    closes:
      'Diese Seite schließt nach {minutes} Minuten. Schließen Sie sie selbst, wenn andere dieses Gerät benutzen.',
    invalid: 'Dieser Link gilt nicht mehr',
    invalidHow:
      'Links gelten kurze Zeit. Fragen Sie den Absender, wenn Sie die Nachricht brauchen.',
  },
  fr: {
    title: 'Un message sécurisé pour vous',
    ask: 'Pour l’ouvrir, il vous faut un code. Nous l’envoyons à une autre de vos adresses que celle qui a reçu ce lien.',
    askButton: 'Envoyer un code',
    inApp:
      'Ce message est chiffré pour votre application. Ouvrez ce lien sur le téléphone avec l’application.',
    sent: 'Nous avons envoyé un code à six chiffres à {to}. Il est valable {minutes} minutes.',
    codeLabel: 'Code',
    openButton: 'Ouvrir',
    again: 'Pas de code ? Regardez dans le courrier indésirable et attendez une minute.',
    againButton: 'Envoyer un autre code',
    wrong: 'Ce code n’est pas le bon. Essais restants : {tries}.',
    noDigits: 'Un code a six chiffres.',
    over: 'Ce code n’est plus valable. Demandez-en un autre.',
    nowhere: 'Nous ne pouvons pas vous envoyer de code.',
    nowhereHow:
      'Nous ne connaissons aucune deuxième adresse de vous qui soit vérifiée et utilisable. Ouvrez le lien dans l’application, ou demandez le message à l’expéditeur par une autre voie.',
    tooOften: 'Trop de demandes. Attendez {minutes} min et réessayez.',
    stale:
      'Cette page est restée ouverte trop longtemps, ou votre navigateur ne garde pas les cookies. Réessayez.',
    hidden: 'Ce qui apparaît comme **** n’est que dans l’application.',
    closes:
      'Cette page se ferme après {minutes} minutes. Fermez-la vous-même si d’autres utilisent cet appareil.',
    invalid: 'Ce lien n’est plus valable',
    invalidHow:
      'Les liens sont valables peu de temps. Adressez-vous à l’expéditeur si vous avez besoin du message.',
  },
  es: {
    title: 'Un mensaje seguro para usted',
    ask: 'Para abrirlo necesita un código. Lo enviamos a otra dirección suya, distinta de la que recibió este enlace.',
    askButton: 'Enviar un código',
    inApp:
      'Este mensaje está cifrado para su aplicación. Abra este enlace en el teléfono con la aplicación.',
    sent: 'Hemos enviado un código de seis cifras a {to}. Es válido durante {minutes} minutos.',
    codeLabel: 'Código',
    openButton: 'Abrir',
    again: '¿No ha llegado? Mire en el correo no deseado y espere un minuto.',
    againButton: 'Enviar otro código',
    wrong: 'Este código no es correcto. Intentos restantes: {tries}.',
    noDigits: 'Un código tiene seis cifras.',
    over: 'Este código ya no es válido. Pida otro.',
    nowhere: 'No podemos enviarle un código.',
    nowhereHow:
      'No conocemos una segunda dirección suya verificada que se pueda usar. Abra el enlace en la aplicación, o pida el mensaje al remitente por otra vía.',
    tooOften: 'Demasiadas veces. Espere {minutes} min e inténtelo de nuevo.',
    stale:
      'Esta página estuvo abierta demasiado tiempo, o su navegador no guarda cookies. Inténtelo de nuevo.',
    hidden: 'Lo que aparece como **** está solo en la aplicación.',
    closes:
      'Esta página se cierra a los {minutes} minutos. Ciérrela usted si otros usan este dispositivo.',
    invalid: 'Este enlace ya no es válido',
    invalidHow: 'Los enlaces duran poco. Pregunte al remitente si aún necesita el mensaje.',
  },
};

/** A sentence with its places filled in. */
export function fillWords(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
