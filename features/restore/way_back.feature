Feature: Every dead end names the way back
  Whoever has lost something types what they know, and hears what leads on.

  Scenario Outline: <lost>, and a person asks for a <asked>
    Given a machine where <lost>
    When a person runs `autosync <asked>`
    Then the program refuses
    And it says "<way>"

    Examples:
      | lost                                          | asked   | way                  |
      | there is no tree and no backup                | restore | bootstrap ADDRESS    |
      | there is no tree and no backup                | sync    | bootstrap ADDRESS    |
      | there is a tree and no backup                 | restore | sync                 |
      | the tree and the settings are gone            | sync    | restore              |
      | the backup is a clone of another branch       | restore | BACKUP_BRANCH=master |
      | the backup was cloned by hand beside the tree | sync    | bootstrap ADDRESS    |
