/**
 * Common building blocks of passwords, in the normal form of `PasswordPolicy`: lower case, and `o l
 * e a s t` for `0 1 3 4 5 7`.
 *
 * Taken from the most frequent entries of published lists of leaked passwords, reduced to the
 * pieces the long ones are made of.
 */
export const commonWords: ReadonlyArray<string> = (
  "password passwort passwd pass pwd secret login admin administrator root user guest welcome letmein changeme default master " +
  "iloveyou ilove loveyou love lovely princess sunshine dragon monkey football baseball basketball soccer hockey superman batman " +
  "spiderman pokemon starwars trustno shadow michael jordan jennifer jessica ashley daniel charlie thomas robert andrew matthew " +
  "hunter ranger harley mustang corvette ferrari porsche mercedes yamaha phoenix eagle tiger lion panther falcon summer winter " +
  "spring autumn january february march april june july august september october november december monday friday sunday " +
  "computer internet google facebook apple samsung windows microsoft linux android iphone freedom whatever nothing forever " +
  "flower cookie cheese pepper ginger banana orange purple yellow silver golden diamond killer hello world test testing abc " +
  "qwerty qwertz azerty asdf zxcv qazwsx zaq xsw qaz access account bank money bitcoin btc ethereum crypto wallet hodl satoshi " +
  "tothemoon moon lambo correcthorsebatterystaple correct horse battery staple thequickbrownfox jumpsoverthelazydog " +
  "mypassword thisismypassword passphrase"
).split(" ")
